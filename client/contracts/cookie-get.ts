import type { ClientContract } from '../requests/contract'
import { lifeOf } from './life'
import { text } from './text'

/**
 * `GET /api/refresh/refreshtoken` with the refresh token in its cookie. The refresh token does not rotate. The access token has no
 * cookie: the client holds it in memory, in browsers too. Signs in at `/login`.
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
    // Outside browsers, the storage keeps the cookie as it was set: `name=token`.
    const refresh = /(__Host-)?RefreshToken=[^;,]+/.exec(setCookie)?.[0]
    return { access, expiresIn: lifeOf(access), refresh }
  },

  // This contract has no error codes: only the message tells an unknown user from a missing route.
  refusal: (status, { message }) =>
    (status === 400 && text(message)) || (status === 404 && message === 'User not found')
      ? 'unknown'
      : null,
}
