import { z } from 'zod'
import { bearerToken } from '@/http/request/bearer'
import type { RefreshContract } from './contract'
import { commonFailures } from './openapi/contract-failures'
import type { Operation } from './openapi/operation'

/** Plain REST: the refresh token comes as Bearer, and nothing else is read. Access only. */
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

/** The operation of the `bearer-post` contract. */
export const bearerPostOperations: readonly Operation[] = [
  {
    id: 'refreshByBearer',
    contract: 'bearer-post',
    tag: 'Plain REST',
    method: 'post',
    path: '/refresh_token',
    summary: 'Renew the access token',
    security: ['refreshBearer'],
    responses: {
      200: {
        description: 'The access token, and its remaining life in seconds.',
        body: z.strictObject({ access_token: z.string(), expires_in: z.int().min(0) }),
      },
      401: {
        description: 'The refresh token is missing or invalid.',
        body: z.strictObject({ error: z.enum(['missing_token', 'invalid_refresh_token']) }),
        headers: ['WWW-Authenticate'],
      },
      ...commonFailures(errorText),
    },
  },
]
