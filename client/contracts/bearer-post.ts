import type { ClientContract } from '../requests/contract'
import { lifeOf } from './life'
import { text } from './text'

/** `POST /refresh_token` with the refresh token as Bearer (RFC 6750 §2.1). The refresh token does not rotate. Signs in at `/login`. */
export const bearerPost: ClientContract = {
  login: '/login',

  ask: (refresh) => ({
    path: '/refresh_token',
    headers: { authorization: `Bearer ${refresh}` },
  }),

  grant(body) {
    const access = text(body.access_token)
    if (!access) return null
    const expiresIn = body.expires_in ?? lifeOf(access)
    return { access, expiresIn, refresh: text(body.refresh_token) }
  },

  refusal: (status, { error }) =>
    status === 401 && (error === 'invalid_refresh_token' || error === 'missing_token')
      ? 'unknown'
      : null,
}
