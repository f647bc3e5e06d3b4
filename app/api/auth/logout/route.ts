import { deleteRefreshTokenCookies, readRefreshTokenCookies } from '@/contracts/cookie-get'
import { cookieJson } from '@/contracts/cookie-json'
import { clientOf } from '@/server/client'
import { DEVICE_COOKIE_SECONDS } from '@/server/device'
import { cookiesOf, route, seeOther } from '@/server/http'
import { isForm } from '@/server/request-body'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'
import { bearerToken } from '@/session/bearer'
import { deleteCookie, setCookie } from '@/session/cookies'
import { signInPath } from '@/session/return-path'

const options = { contract: cookieJson, takesForms: true }

const signOut = route(async (request) => {
  const { config, engine, devices } = await rekindle()
  const { headers } = request
  const cookies = cookiesOf(headers, config)
  const kept = readRefreshTokenCookies(headers, config)
  const bearer = bearerToken(headers)
  const named =
    bearer === null
      ? [cookies, { refresh: kept, access: [] }]
      : [{ refresh: [bearer], access: [bearer] }]
  for (const tokens of named) {
    for (const { sessionId } of await engine.identify(tokens)) {
      await engine.end(sessionId, 'signed_out', clientOf(headers))
    }
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
  // The browser stays known, and has no session any more whose end sign-in would have to explain.
  const device = await devices.read(cookies.device)
  if (device !== null) {
    const mark = await devices.issue({ ...device, sessionId: null })
    response.headers.append('Set-Cookie', setCookie('device', mark, DEVICE_COOKIE_SECONDS, config))
  }
  return response
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: signOut }, options)
