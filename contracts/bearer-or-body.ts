import { z } from 'zod'
import { bearerToken } from '@/http/request/bearer'
import type { Failure } from '@/http/response/error-body'
import type { RefreshContract, WireResponse } from './contract'
import { outages, ownFailures, unreadable } from './openapi/foreign-failures'
import type { Operation } from './openapi/operation'

const text = z.string({ error: 'must be a text' })

/** What the sign-in of mobile apps and SDKs sends. */
export const loginBody = z.object({ username: text, password: text })
const refreshBody = z.object({
  refresh_token: text.optional(),
  access_token: text.optional(),
})

/**
 * For mobile apps and SDKs: the refresh token as Bearer, or else in a JSON body. Access only: the client keeps its one
 * refresh token, and the access token that comes along is retired.
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

/** `{"detail"}`: a missing token is as unauthorised as a bad one. */
export function failWithDetail({ status, code, message }: Failure): WireResponse {
  if (code === 'INVALID_CREDENTIALS') return answer(401, 'Bad username/password')
  return answer(code === 'MISSING_REFRESH_TOKEN' ? 401 : status, message)
}

function answer(status: number, detail: string): WireResponse {
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

export const bearerOrBodyOperations: readonly Operation[] = [
  {
    ...shared,
    id: 'login',
    method: 'post',
    path: '/login',
    summary: 'Sign in, and keep one refresh token',
    security: [],
    body: { required: true, content: { 'application/json': loginBody } },
    answers: {
      200: {
        description: 'Signed in. The refresh token serves as long as the session lives.',
        body: z.strictObject({ access_token: z.string(), refresh_token: z.string() }),
        headers: ['Set-Cookie'],
      },
      401: unauthorized('Wrong name or password.'),
      ...unreadable(detail),
      ...ownFailures(detail),
    },
  },
  {
    ...shared,
    id: 'showLogin',
    method: 'get',
    path: '/login',
    summary: 'Find the sign-in page',
    security: [],
    answers: {
      303: { description: 'On to the page.', headers: ['Location'] },
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
      'The refresh token as Bearer, or else in the body. An access token that comes along is retired.',
    security: ['refreshBearer', 'nobody'],
    body: { required: false, content: { 'application/json': refreshBody } },
    answers: {
      200: {
        description: 'The access token. The refresh token stays the same.',
        body: z.strictObject({ access_token: z.string() }),
      },
      401: unauthorized('No refresh token came, or it is no good.'),
      ...unreadable(detail),
      ...ownFailures(detail),
    },
  },
  {
    ...shared,
    id: 'getProtected',
    method: 'get',
    path: '/protected',
    summary: 'Ask for a protected resource',
    security: ['accessBearer', 'accessCookie'],
    answers: {
      200: {
        description: 'It is yours.',
        body: z.literal('You have access to this protected resource'),
      },
      401: unauthorized('There is no live session.'),
      ...ownFailures(detail),
    },
  },
]
