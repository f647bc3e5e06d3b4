import type { SignOutReason } from '../errors'
import type { ClientContract, Json } from '../requests/contract'

/** The default contract: `POST /api/auth/refresh`, with both tokens in cookies. The refresh token rotates. */
export const cookieJson: ClientContract = {
  login: '/api/auth/login',
  jar: 'both',

  ask: (refresh) => ({
    path: '/api/auth/refresh',
    headers: { [refresh ? 'cookie' : 'x-refresh-mode']: refresh || 'jar' },
  }),

  grant({ token, expiresIn }, setCookie) {
    // Outside browsers, the storage keeps the cookie as it was set: `name=token`.
    const refresh = /(__Host-)?refresh_token=[^;,]+/.exec(setCookie)?.[0]
    return typeof token === 'string' ? { access: token, expiresIn, refresh } : null
  },

  refusal(_status, { error }) {
    const { code, reason = 'unknown' } = (error ?? {}) as Json
    return /^(INVALID|MISSING)_REFRESH_TOKEN$/.test(code as string)
      ? (reason as SignOutReason)
      : null
  },
}
