import { z } from 'zod'
import { bearerToken } from '@/http/request/bearer'
import type { Failure } from '@/http/response/error-body'
import type { RefreshContract, WireResponse } from './contract'
import { commonFailures, outages, unreadableBody } from './openapi/contract-failures'
import type { Operation } from './openapi/operation'

const text = z.string({ error: 'must be a text' })

/** The request body of `POST /login`, for mobile apps and SDKs. */
export const loginBody = z.object({ username: text, password: text })
const refreshBody = z.object({
  refresh_token: text.optional(),
  access_token: text.optional(),
})

/**
 * For mobile apps and SDKs: the refresh token comes as Bearer, or in a JSON body. Access only: the client keeps its one refresh
 * token. An access token that the request carries is revoked.
 */
export const bearerOrBody: RefreshContract<z.output<typeof refreshBody>> = {
  name: 'bearer-or-body',
  method: 'POST',
  path: '/refresh',
  body: { mediaType: 'application/json', optional: true, schema: refreshBody },

  read({ headers, body }) {
    const inHeader = bearerToken(headers)
    const { refresh_token: inBody, access_token: handedIn } = body
    const given = [inHeader, inBody].filter((token) => typeof token === 'string')
    const old = [handedIn, inBody === undefined ? undefined : inHeader]
    return {
      tokens: given,
      accessOnly: true,
      replaces: old.filter((token) => typeof token === 'string'),
    }
  },

  grant: ({ access }) => ({ status: 200, body: { access_token: access.token } }),

  fail: failWithDetail,
}

/** A failure as `{"detail"}`. A missing token is a 401, like an invalid one. */
export function failWithDetail({ status, code, message }: Failure): WireResponse {
  if (code === 'INVALID_CREDENTIALS') return respond(401, 'Bad username/password')
  return respond(code === 'MISSING_REFRESH_TOKEN' ? 401 : status, message)
}

function respond(status: number, detail: string): WireResponse {
  const challenge = { 'WWW-Authenticate': 'Bearer' }
  return { status, body: { detail }, ...(status === 401 ? { headers: challenge } : {}) }
}

const detail = z.strictObject({ detail: z.string() })
const unauthorized = (description: string) => ({
  description,
  body: detail,
  headers: ['WWW-Authenticate'] as const,
})
const shared = { contract: 'bearer-or-body', tag: 'For mobile apps and SDKs' } as const

/** The operations of the `bearer-or-body` contract. */
export const bearerOrBodyOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'login',
    method: 'post',
    path: '/login',
    summary: 'Sign in, and keep one refresh token',
    security: [],
    body: { required: true, content: { 'application/json': loginBody } },
    responses: {
      200: {
        description: 'Signed in. The refresh token is valid as long as the session.',
        body: z.strictObject({ access_token: z.string(), refresh_token: z.string() }),
        headers: ['Set-Cookie'],
      },
      401: unauthorized('Wrong name or password.'),
      ...unreadableBody(detail),
      ...commonFailures(detail),
    },
  },
  {
    ...shared,
    id: 'showLogin',
    method: 'get',
    path: '/login',
    summary: 'Redirect to the sign-in page',
    security: [],
    responses: {
      303: { description: 'To the sign-in page.', headers: ['Location'] },
      ...outages(detail),
    },
  },
  {
    ...shared,
    id: 'refreshByBearerOrBody',
    method: 'post',
    path: '/refresh',
    summary: 'Renew the access token',
    description:
      'The refresh token comes as Bearer, or in the body. An access token that the request carries is revoked.',
    security: ['refreshBearer', 'none'],
    body: { required: false, content: { 'application/json': refreshBody } },
    responses: {
      200: {
        description: 'The access token. The refresh token stays the same.',
        body: z.strictObject({ access_token: z.string() }),
      },
      401: unauthorized('The refresh token is missing or invalid.'),
      ...unreadableBody(detail),
      ...commonFailures(detail),
    },
  },
  {
    ...shared,
    id: 'getProtected',
    method: 'get',
    path: '/protected',
    summary: 'Get a protected resource',
    security: ['accessBearer', 'accessCookie'],
    responses: {
      200: {
        description: 'The protected resource.',
        body: z.literal('You have access to this protected resource'),
      },
      401: unauthorized('There is no live session.'),
      ...commonFailures(detail),
    },
  },
]
