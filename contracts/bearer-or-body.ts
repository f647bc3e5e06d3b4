import { z } from 'zod'
import { bearerToken } from '@/session/bearer'
import type { Answer, Failure, RefreshContract } from './contract'

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
export function failWithDetail({ status, code, message }: Failure): Answer {
  if (code === 'INVALID_CREDENTIALS') return answer(401, 'Bad username/password')
  return answer(code === 'MISSING_REFRESH_TOKEN' ? 401 : status, message)
}

function answer(status: number, detail: string): Answer {
  const challenge = { 'WWW-Authenticate': 'Bearer' }
  return { status, body: { detail }, ...(status === 401 ? { headers: challenge } : {}) }
}
