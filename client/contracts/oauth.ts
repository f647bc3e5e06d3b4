import type { ClientContract } from '../requests/contract'
import { lifeOf } from './life'
import { text } from './text'

/** `POST /oauth/token` (RFC 6749 §6), for programs that hold their tokens. The refresh token rotates. Signs in at `/login`. */
export const oauth: ClientContract = {
  login: '/login',

  ask: (refresh) => ({
    path: '/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=refresh_token&refresh_token=${encodeURIComponent(refresh ?? '')}`,
  }),

  grant(body) {
    const access = text(body.access_token)
    if (!access) return null
    const expiresIn = body.expires_in ?? lifeOf(access)
    return { access, expiresIn, refresh: text(body.refresh_token) }
  },

  refusal: (_status, { error }) => (error === 'invalid_grant' ? 'unknown' : null),
}
