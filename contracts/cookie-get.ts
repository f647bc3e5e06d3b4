import { z } from 'zod'
import { type CookiePolicy, MAX_CANDIDATES, readCookies } from '@/http/request/cookies'
import { isBrowser } from '@/http/request/cross-site'
import type { RefreshContract } from './contract'
import { ownFailures } from './openapi/foreign-failures'
import type { Operation } from './openapi/operation'

/** The cookie that this contract sets. Clients look for it by this very name; a browser on https gets it with the prefix. */
const OURS = 'RefreshToken'
const PREFIXED = `__Host-${OURS}`
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

  read({ headers, cookies }) {
    const kept = readRefreshTokenCookies(headers, cookies)
    const theirs = takesBare(headers, cookies) ? readCookies(headers.get('cookie'), THEIRS) : []
    return {
      // Where both are sent, ours alone counts.
      tokens: (kept.length > 0 ? kept : theirs).slice(0, MAX_CANDIDATES),
      accessOnly: true,
      extras: ({ userId, userVerified }) => ({ claims: { _id: userId, verified: userVerified } }),
    }
  },

  grant({ access, presented: { token, expiresInSeconds } }, { headers, cookies }) {
    const wasPrefixed = readCookies(headers.get('cookie'), PREFIXED).includes(token)
    const name = cookies.secure && wasPrefixed ? PREFIXED : OURS
    return {
      status: 200,
      body: { accessToken: access.token },
      setCookies: [cookieLine(name, token, expiresInSeconds, cookies)],
    }
  },

  fail({ status, code, message, refusal }) {
    if (code === 'MISSING_REFRESH_TOKEN') return { status: 400, body: { message: NOT_RECEIVED } }
    if (refusal === 'user_unknown') return { status: 404, body: { message: 'User not found' } }
    return { status: status === 401 ? 400 : status, body: { message } }
  },
}

type Headers = Parameters<typeof isBrowser>[0] & { get(name: string): string | null }

/** The `Set-Cookie` line that hands this contract's cookie to the client that signs in. */
export function setRefreshTokenCookie(
  token: string,
  maxAgeSeconds: number,
  headers: Headers,
  policy: CookiePolicy,
): string {
  const name = takesBare(headers, policy) ? OURS : PREFIXED
  return cookieLine(name, token, maxAgeSeconds, policy)
}

/** The `Set-Cookie` lines that delete this contract's cookie, under each name that it came with. */
export function deleteRefreshTokenCookies(headers: Headers, policy: CookiePolicy): string[] {
  return namesOf(headers, policy)
    .filter((name) => readCookies(headers.get('cookie'), name).length > 0)
    .map((name) => cookieLine(name, '', 0, policy))
}

/** What this contract's cookie may hold, in the order in which it counts. */
export function readRefreshTokenCookies(headers: Headers, policy: CookiePolicy): string[] {
  return namesOf(headers, policy).flatMap((name) => readCookies(headers.get('cookie'), name))
}

function namesOf(headers: Headers, policy: CookiePolicy): string[] {
  return [...(policy.secure ? [PREFIXED] : []), ...(takesBare(headers, policy) ? [OURS] : [])]
}

/** False for a browser on https, where a sibling subdomain can set a cookie of the bare name, and have its own session adopted. */
function takesBare(headers: Headers, { secure }: CookiePolicy): boolean {
  return !secure || !isBrowser(headers)
}

function cookieLine(
  name: string,
  token: string,
  maxAgeSeconds: number,
  { secure, sameSite }: CookiePolicy,
): string {
  const strict = secure || sameSite === 'strict'
  const attributes = `HttpOnly; SameSite=${strict ? 'Strict' : 'Lax'}${secure ? '; Secure' : ''}`
  return `${name}=${token}; Path=/; Max-Age=${maxAgeSeconds}; ${attributes}`
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
      'The cookie may also be called `refreshToken`; where both come, `RefreshToken` counts first. A browser on https gets it, and is believed, as `__Host-RefreshToken` alone.',
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
