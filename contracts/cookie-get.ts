import { z } from 'zod'
import { type CookiePolicy, readCookie } from '@/session/cookies'
import type { RefreshContract } from './contract'
import { ownFailures } from './description/foreign-failures'
import type { Operation } from './description/operation'

/** The cookie that this contract sets. Clients look for it by this very name, so it bears no prefix. */
const OURS = 'RefreshToken'
/** What some clients send. */
const THEIRS = 'refreshToken'
const NOT_RECEIVED = 'RefresToken NOt Received'

/**
 * Refresh by GET. The refresh token comes in a cookie, which is set again unchanged: access only. Its access tokens also
 * say `_id` (the user) and `verified`.
 */
export const cookieGet: RefreshContract = {
  name: 'cookie-get',
  method: 'GET',
  path: '/api/refresh/refreshtoken',
  body: null,

  read({ headers }) {
    const cookies = headers.get('cookie')
    const token = readCookie(cookies, OURS) ?? readCookie(cookies, THEIRS)
    return {
      tokens: token === null ? [] : [token],
      accessOnly: true,
      extras: ({ userId, userVerified }) => ({ claims: { _id: userId, verified: userVerified } }),
    }
  },

  grant({ access, presented }, { cookies }) {
    return {
      status: 200,
      body: { accessToken: access.token },
      setCookies: [setRefreshTokenCookie(presented.token, presented.expiresInSeconds, cookies)],
    }
  },

  fail({ status, code, message, refusal }) {
    if (code === 'MISSING_REFRESH_TOKEN') return { status: 400, body: { message: NOT_RECEIVED } }
    if (refusal === 'user_unknown') return { status: 404, body: { message: 'User not found' } }
    return { status: status === 401 ? 400 : status, body: { message } }
  },
}

/** The `Set-Cookie` line of this contract's cookie; an empty value and no life delete it. */
export function setRefreshTokenCookie(
  token: string,
  maxAgeSeconds: number,
  { secure, sameSite }: CookiePolicy,
): string {
  const strict = secure || sameSite === 'strict'
  const attributes = `HttpOnly; SameSite=${strict ? 'Strict' : 'Lax'}${secure ? '; Secure' : ''}`
  return `${OURS}=${token}; Path=/; Max-Age=${maxAgeSeconds}; ${attributes}`
}

/** What this contract's cookie holds, or null. */
export function readRefreshTokenCookie(cookieHeader: string | null): string | null {
  return readCookie(cookieHeader, OURS)
}

const message = z.strictObject({ message: z.string() })

export const cookieGetOperations: readonly Operation[] = [
  {
    id: 'refreshByCookieAndGet',
    contract: 'cookie-get',
    tag: 'Refresh by GET',
    method: 'get',
    path: '/api/refresh/refreshtoken',
    summary: 'Renew the access token',
    description:
      'The cookie may also be called `refreshToken`; where both come, `RefreshToken` counts.',
    security: ['keptCookie'],
    answers: {
      200: {
        description:
          'The access token, which also says `_id` and `verified`; and the cookie as it came.',
        body: z.strictObject({ accessToken: z.string() }),
        headers: ['Set-Cookie'],
      },
      400: { description: 'No refresh token came, or it is no good.', body: message },
      404: { description: 'Its user does not exist any more.', body: message },
      ...ownFailures(message),
    },
  },
]
