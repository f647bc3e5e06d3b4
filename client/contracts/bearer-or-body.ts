import type { ClientContract } from '../contract'
import { lifeOf } from './life'
import { text } from './text'

/** `POST /refresh`, the one refresh token of the session as Bearer. It does not rotate. */
export const bearerOrBody: ClientContract = {
  login: '/login',

  ask: (refresh) => ({
    path: '/refresh',
    headers: { authorization: `Bearer ${refresh}` },
  }),

  grant(body) {
    const access = text(body.access_token)
    return access ? { access, expiresIn: lifeOf(access), refresh: text(body.refresh_token) } : null
  },

  refusal: (status, { detail }) => (status === 401 && text(detail) ? 'unknown' : null),
}
