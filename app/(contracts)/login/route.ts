import { bearerOrBody, loginBody } from '@/contracts/bearer-or-body'
import { readRefreshTokenCookies, setRefreshTokenCookie } from '@/contracts/cookie-get'
import { authenticateRequest, startPasswordSession } from '@/server/auth/sign-in/sign-in'
import { services } from '@/server/composition'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { route, seeOther } from '@/server/http/route'

const options = { contract: bearerOrBody }

/** Signs in a client that keeps its one refresh token: from the body, or in the cookie of the `cookie-get` contract. */
const signIn = route(async (request) => {
  const { username, password } = await readBody(request, loginBody, ['application/json'])
  const { config } = await services()
  const user = await authenticateRequest(request, username, password)
  const replaces = readRefreshTokenCookies(request.headers, config)
  const { access, refresh } = await startPasswordSession(request, user, replaces, {
    keepsToken: true,
  })
  const refreshToken = refresh?.token ?? ''
  const response = Response.json({ access_token: access.token, refresh_token: refreshToken })
  response.headers.append(
    'Set-Cookie',
    setRefreshTokenCookie(refreshToken, refresh?.expiresInSeconds ?? 0, request.headers, config),
  )
  return response
}, options)

/** A GET comes from a browser, which wants the sign-in page. */
const show = route(async () => seeOther('/sign-in'), options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource(
  { GET: show, POST: signIn },
  options,
)
