import { bearerToken } from '@/session/bearer'
import type { RefreshContract } from './contract'

/** The plain REST one: the refresh token as Bearer, and nothing else. Access only. */
export const bearerPost: RefreshContract = {
  name: 'bearer-post',
  method: 'POST',
  path: '/refresh_token',
  body: null,

  read({ headers }) {
    const token = bearerToken(headers)
    return { tokens: token === null ? [] : [token], accessOnly: true }
  },

  grant: ({ access }) => ({
    status: 200,
    body: { access_token: access.token, expires_in: access.expiresInSeconds },
  }),

  fail({ status, code }) {
    const error = code === 'MISSING_REFRESH_TOKEN' ? 'missing_token' : code.toLowerCase()
    if (status !== 401 && error !== 'missing_token') return { status, body: { error } }
    return { status: 401, body: { error }, headers: { 'WWW-Authenticate': 'Bearer' } }
  },
}
