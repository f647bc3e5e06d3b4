import { clientOf } from '@/server/client'
import { DEVICE_COOKIE_SECONDS } from '@/server/device'
import { cookiesOf, route, seeOther } from '@/server/http'
import { otherMethods } from '@/server/method'
import { isForm } from '@/server/request-body'
import { rekindle } from '@/server/sessions'
import { bearerToken } from '@/session/bearer'
import { deleteCookie, setCookie } from '@/session/cookies'
import { signInPath } from '@/session/return-path'

export const POST = route(async (request) => {
  const { config, engine, devices } = await rekindle()
  const cookies = cookiesOf(request.headers, config)
  const bearer = bearerToken(request.headers)
  const named =
    bearer === null
      ? { refresh: cookies.refresh, access: cookies.access }
      : { refresh: null, access: bearer }
  const id = await engine.identify(named)
  if (id !== null) await engine.end(id, 'signed_out', clientOf(request.headers))

  const response = isForm(request)
    ? seeOther(signInPath(null, 'signed_out'))
    : new Response(null, { status: 204 })
  for (const role of ['access', 'refresh', 'challenge'] as const) {
    response.headers.append('Set-Cookie', deleteCookie(role, config))
  }
  // The browser stays known, and has no session any more whose end sign-in would have to explain.
  const device = await devices.read(cookies.device)
  if (device !== null) {
    const mark = await devices.issue({ ...device, sessionId: null })
    response.headers.append('Set-Cookie', setCookie('device', mark, DEVICE_COOKIE_SECONDS, config))
  }
  return response
})

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods('POST')
