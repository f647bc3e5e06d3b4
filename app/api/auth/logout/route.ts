import { deleteRefreshTokenCookies, readRefreshTokenCookies } from '@/contracts/cookie-get'
import { cookieJson } from '@/contracts/cookie-json'
import { signOutForm } from '@/contracts/sign-in'
import { HOME_PATH } from '@/http/address/own-paths'
import { signInPath } from '@/http/address/return-path'
import { bearerToken } from '@/http/request/bearer'
import { deleteCookie, setCookie } from '@/http/request/cookies'
import { RENDERED_FOR_HEADER } from '@/http/wire'
import { DEVICE_COOKIE_SECONDS } from '@/server/auth/account/device-token'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { HttpError } from '@/server/http/http-error'
import { isForm, readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { cookiesOf, route, seeOther } from '@/server/http/route'

const options = { contract: cookieJson, takesForms: true }

const signOut = route(async (request) => {
  const { config, engine, devices } = await services()
  const { headers } = request
  const cookies = cookiesOf(headers, config)
  const kept = readRefreshTokenCookies(headers, config)
  const bearer = bearerToken(headers)
  const named =
    bearer === null
      ? [cookies, { refresh: kept, access: [] }]
      : [{ refresh: [bearer], access: [bearer] }]
  const sessions = (await Promise.all(named.map(engine.identify))).flat()
  const renderedFor = await renderedForOf(request)
  if (renderedFor !== null && sessions[0] && sessions[0].userId !== renderedFor) {
    if (isForm(request)) return seeOther(`${HOME_PATH}?notice=another`)
    throw new HttpError(409, 'SIGNED_IN_AS_ANOTHER', 'Somebody else is signed in by now')
  }
  for (const { sessionId } of sessions) {
    await engine.end(sessionId, 'signed_out', clientOf(headers))
  }

  const response = isForm(request)
    ? seeOther(signInPath(null, 'signed_out'))
    : new Response(null, { status: 204 })
  for (const role of ['access', 'refresh', 'challenge'] as const) {
    response.headers.append('Set-Cookie', deleteCookie(role, config))
  }
  for (const line of deleteRefreshTokenCookies(headers, config)) {
    response.headers.append('Set-Cookie', line)
  }
  // The device stays known, without a session whose end the sign-in page would explain.
  const device = await devices.read(cookies.device)
  if (device !== null) {
    const token = await devices.issue({ ...device, sessionId: null })
    response.headers.append('Set-Cookie', setCookie('device', token, DEVICE_COOKIE_SECONDS, config))
  }
  return response
}, options)

/** The id of the user that the page was rendered for, or null if the request does not name one in its header or form. */
async function renderedForOf(request: Request): Promise<string | null> {
  const named = request.headers.get(RENDERED_FOR_HEADER)
  if (named !== null || !isForm(request)) return named
  const form = await readBody(request, signOutForm).catch(() => null)
  return form?.renderedFor ?? null
}

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: signOut }, options)
