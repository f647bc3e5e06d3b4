import 'server-only'
import {
  CHALLENGE_COOKIE_SECONDS,
  cookieName,
  deleteCookie,
  readCookie,
  setCookie,
} from '@/session/cookies'
import { SessionError } from '@/session/errors'
import type { Client } from '@/session/store'
import { clientOf, parseClient } from './client'
import { setGrantCookies } from './http'
import { refreshRefusal } from './http-error'
import { rekindle } from './sessions'

/**
 * The canonical refresh: the refresh token in its cookie, no body. A caller that shares a jar says so with
 * `x-refresh-mode: jar`, one whose answer cannot carry a refresh token with `x-refresh-want: access`.
 * @throws SessionError
 */
export async function refreshWithCookies(request: Request): Promise<Response> {
  const { config, engine, callers, throttle } = await rekindle()
  const { headers } = request
  const cookies = headers.get('cookie')
  const token =
    readCookie(cookies, cookieName('refresh', config)) ??
    (isBareClient(headers) ? readCookie(cookies, cookieName('refresh', { secure: false })) : null)
  if (token === null) throw new SessionError('missing_refresh_token')

  const voucher = headers.get('x-internal-caller')
  const vouched = voucher === null ? null : await callers.read(voucher, token, Date.now())
  const client: Client = vouched ? parseClient(vouched) : clientOf(headers)
  try {
    const grant = await engine.refresh({
      tokens: [token],
      client,
      jar: headers.get('x-refresh-mode') === 'jar',
      accessOnly: headers.get('x-refresh-want') === 'access',
      challenge: readCookie(cookies, cookieName('challenge', config)),
      receivedAt: vouched?.receivedAt,
    })
    const { access } = grant
    const response = Response.json({ token: access.token, expiresIn: access.expiresInSeconds })
    setGrantCookies(response.headers, grant, config)
    if (readCookie(cookies, cookieName('challenge', config)) !== null) {
      response.headers.append('Set-Cookie', deleteCookie('challenge', config))
    }
    return response
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    if (error.code === 'invalid_refresh_token') await throttle.invalidRefresh(client.address)
    if (error.challenge === undefined) throw error
    const response = refreshRefusal(error).toResponse()
    response.headers.append(
      'Set-Cookie',
      setCookie('challenge', error.challenge, CHALLENGE_COOKIE_SECONDS, config),
    )
    return response
  }
}

/** A client that keeps its own cookies; a browser, or our middleware on its behalf, is bound to the prefixed names. */
function isBareClient(headers: Headers): boolean {
  return ![
    'origin',
    'sec-fetch-site',
    'sec-fetch-mode',
    'sec-fetch-dest',
    'x-internal-caller',
  ].some((name) => headers.has(name))
}
