import type { ClientContract } from '../requests/contract'
import { lifeOf } from './life'
import { text } from './text'

/** `POST /refresh` with the refresh token as Bearer (RFC 6750 §2.1). The refresh token does not rotate. Signs in at `/login`. */
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
