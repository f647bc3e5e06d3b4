import type { ClientContract } from '../contract'
import { lifeOf } from './life'
import { text } from './text'

/**
 * `GET /api/refresh/refreshtoken`, the refresh token in its cookie. It does not rotate. The access token has no cookie: the
 * client holds it in memory, in browsers too. Signs in at `/login`.
 */
export const cookieGet: ClientContract = {
  login: '/login',
  jar: 'refresh',

  ask: (refresh) => ({
    path: '/api/refresh/refreshtoken',
    method: 'GET',
    ...(refresh === null ? {} : { headers: { cookie: refresh } }),
  }),

  grant(body, setCookie) {
    const access = text(body.accessToken ?? body.access_token)
    if (!access) return null
    // Outside browsers the cookie is kept as it was set, name and all.
    const refresh = /(__Host-)?RefreshToken=[^;,]+/.exec(setCookie)?.[0]
    return { access, expiresIn: lifeOf(access), refresh }
  },

  // This contract has no codes: an unknown user and a route that is not there differ in their words alone.
  refusal: (status, { message }) =>
    (status === 400 && text(message)) || (status === 404 && message === 'User not found')
      ? 'unknown'
      : null,
}
