import { z } from 'zod'
import { type CookiePolicy, MAX_CANDIDATES, readCookies } from '@/http/request/cookies'
import { isBrowser } from '@/http/request/cross-site'
import type { RefreshContract } from './contract'
import { commonFailures } from './openapi/contract-failures'
import type { Operation } from './openapi/operation'

/** The cookie that this contract sets, by the name that its clients look for. A browser on https gets it with the prefix. */
const COOKIE = 'RefreshToken'
const PREFIXED_COOKIE = `__Host-${COOKIE}`
/** The name under which some clients send the token. */
const ALTERNATE_COOKIE = 'refreshToken'
const NOT_RECEIVED = 'RefresToken NOt Received'

/**
 * Refresh by GET. The refresh token comes in a cookie, which is set again unchanged: access only. The access tokens of this
 * contract have two more claims, `_id` (the user's id) and `verified`.
 */
export const cookieGet: RefreshContract = {
  name: 'cookie-get',
  method: 'GET',
  path: '/api/refresh/refreshtoken',
  body: null,

  read({ headers, cookies }) {
    const kept = readRefreshTokenCookies(headers, cookies)
    const alternate = acceptsUnprefixed(headers, cookies)
      ? readCookies(headers.get('cookie'), ALTERNATE_COOKIE)
      : []
    return {
      // The alternate name counts only if the contract's own cookie is missing.
      tokens: (kept.length > 0 ? kept : alternate).slice(0, MAX_CANDIDATES),
      accessOnly: true,
      extras: ({ userId, userVerified }) => ({ claims: { _id: userId, verified: userVerified } }),
    }
  },

  grant({ access, presented: { token, expiresInSeconds } }, { headers, cookies }) {
    const wasPrefixed = readCookies(headers.get('cookie'), PREFIXED_COOKIE).includes(token)
    const name = cookies.secure && wasPrefixed ? PREFIXED_COOKIE : COOKIE
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

/** The `Set-Cookie` line of this contract's cookie, for the client that signs in with these headers. */
export function setRefreshTokenCookie(
  token: string,
  maxAgeSeconds: number,
  headers: Headers,
  policy: CookiePolicy,
): string {
  const name = acceptsUnprefixed(headers, policy) ? COOKIE : PREFIXED_COOKIE
  return cookieLine(name, token, maxAgeSeconds, policy)
}

/** The `Set-Cookie` lines that delete this contract's cookie, one for each name in the request. */
export function deleteRefreshTokenCookies(headers: Headers, policy: CookiePolicy): string[] {
  return acceptedNames(headers, policy)
    .filter((name) => readCookies(headers.get('cookie'), name).length > 0)
    .map((name) => cookieLine(name, '', 0, policy))
}

/** The values of this contract's cookie in the request, in order of preference. */
export function readRefreshTokenCookies(headers: Headers, policy: CookiePolicy): string[] {
  return acceptedNames(headers, policy).flatMap((name) => readCookies(headers.get('cookie'), name))
}

function acceptedNames(headers: Headers, policy: CookiePolicy): string[] {
  return [
    ...(policy.secure ? [PREFIXED_COOKIE] : []),
    ...(acceptsUnprefixed(headers, policy) ? [COOKIE] : []),
  ]
}

/** False for a browser on https: there, a sibling subdomain could set the unprefixed cookie and log the person in to its own session. */
function acceptsUnprefixed(headers: Headers, { secure }: CookiePolicy): boolean {
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

/** The operation of the `cookie-get` contract. */
export const cookieGetOperations: readonly Operation[] = [
  {
    id: 'refreshByCookieAndGet',
    contract: 'cookie-get',
    tag: 'Refresh by GET',
    method: 'get',
    path: '/api/refresh/refreshtoken',
    summary: 'Renew the access token',
    description:
      'The cookie may also be named `refreshToken`; if both are sent, `RefreshToken` is used. A browser on https gets `__Host-RefreshToken`, and no other name is accepted from it.',
    security: ['keptCookie'],
    responses: {
      200: {
        description:
          'The access token, with the claims `_id` and `verified`; the cookie is set again unchanged.',
        body: z.strictObject({ accessToken: z.string() }),
        headers: ['Set-Cookie'],
      },
      400: { description: 'The refresh token is missing or invalid.', body: message },
      404: { description: 'The user of the token no longer exists.', body: message },
      ...commonFailures(message),
    },
  },
]
