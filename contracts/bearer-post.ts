import { z } from 'zod'
import { bearerToken } from '@/http/request/bearer'
import type { RefreshContract } from './contract'
import { ownFailures } from './openapi/foreign-failures'
import type { Operation } from './openapi/operation'

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

const errorText = z.strictObject({ error: z.string() })

export const bearerPostOperations: readonly Operation[] = [
  {
    id: 'refreshByBearer',
    contract: 'bearer-post',
    tag: 'Plain REST',
    method: 'post',
    path: '/refresh_token',
    summary: 'Renew the access token',
    security: ['refreshBearer'],
    answers: {
      200: {
        description: 'The access token, and its remaining life in seconds.',
        body: z.strictObject({ access_token: z.string(), expires_in: z.int().min(0) }),
      },
      401: {
        description: 'No refresh token came, or it is no good.',
        body: z.strictObject({ error: z.enum(['missing_token', 'invalid_refresh_token']) }),
        headers: ['WWW-Authenticate'],
      },
      ...ownFailures(errorText),
    },
  },
]
