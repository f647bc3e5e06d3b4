import { decodeJwt } from 'jose'
import { type NextRequest, NextResponse } from 'next/server'
import { parseReturnPath } from '@/http/address/return-path'
import {
  ATTEMPT_COOKIE_SECONDS,
  cookieName,
  cookiePairs,
  readCookies,
  replaceCookies,
  setCookie,
} from '@/http/request/cookies'
import { isOriginWithheld } from '@/http/request/cross-site'
import { pagePolicy } from '@/http/response/security-headers'
import { PAGE_PATH_HEADER, RENEWAL_METRIC } from '@/http/wire'
import type { EdgeContext } from './context'
import { usesSession } from './paths'
import { NEVER_STORED } from './responses'

const ENTRY_PAGES: ReadonlySet<string> = new Set(['/sign-in', '/sign-up'])

/**
 * Lets a request continue to its page or route, with this `Cookie` header. `granted` are raw `Set-Cookie` lines of a refresh. They
 * go into the request's own `Cookie` header, so that this render, its server actions and its route handlers see the new token,
 * and into the response, for the browser.
 */
export function continueRequest(
  request: NextRequest,
  { config }: EdgeContext,
  cookie: string | null,
  granted: readonly string[] = [],
): Response {
  const headers = new Headers(request.headers)
  if (granted.length > 0) headers.set('cookie', replaceCookies(cookie, cookiePairs(granted)))
  else if (cookie !== null) headers.set('cookie', cookie)
  // Next.js compares `Origin` for server actions, and would reject a withheld one as another site's.
  if (isOriginWithheld(request.headers)) headers.set('origin', config.appOrigin)
  const { pathname, search } = new URL(request.url)
  const path = parseReturnPath(pathname + search)
  if (path === null) headers.delete(PAGE_PATH_HEADER)
  else headers.set(PAGE_PATH_HEADER, path)
  const isPage = !pathname.startsWith('/api/')
  const development = process.env.NODE_ENV === 'development'
  const policy = pagePolicy(btoa(crypto.randomUUID()), { secure: config.secure, development })
  // Next.js reads the nonce of its scripts from the policy in the request headers.
  if (isPage) headers.set('content-security-policy', policy)

  const response = NextResponse.next({ request: { headers } })
  if (isPage) response.headers.set('Content-Security-Policy', policy)
  if (usesSession(pathname)) response.headers.set('Cache-Control', NEVER_STORED)
  // Not `response.cookies`, which makes Next.js render an action again and hides the cookie from route handlers.
  for (const line of granted) response.headers.append('Set-Cookie', line)
  const renewal = describeRenewal(granted, config)
  if (renewal !== null) response.headers.append('Server-Timing', renewal)
  const attempt = attemptCookie(pathname, cookie, config)
  if (attempt !== null) response.headers.append('Set-Cookie', attempt)
  return response
}

/** What `Server-Timing` says of these `Set-Cookie` lines; null if they hold no access token. */
function describeRenewal(granted: readonly string[], config: EdgeContext['config']): string | null {
  const lineOf = (role: 'access' | 'refresh') =>
    granted.find((line) => line.startsWith(`${cookieName(role, config)}=`))
  const [pair = '', ...attributes] = (lineOf('access') ?? '').split('; ')
  const issuedAt = issuedAtOf(pair.slice(pair.indexOf('=') + 1))
  const maxAge = attributes.find((attribute) => attribute.startsWith('Max-Age='))
  if (issuedAt === null || maxAge === undefined) return null
  const how = lineOf('refresh') ? 'rotated' : 'renewed'
  return `${RENEWAL_METRIC};desc="${how} ${issuedAt}";dur=${Number(maxAge.slice('Max-Age='.length)) * 1000}`
}

/** The `iat` of a token, in seconds since the epoch, unverified: the refresh route has just minted it. Null if it has none. */
function issuedAtOf(token: string): number | null {
  try {
    return decodeJwt(token).iat ?? null
  } catch {
    return null
  }
}

/**
 * The `Set-Cookie` line that identifies a sign-in attempt, or null where none is needed. With it, two forms that are posted at
 * once start one session.
 */
function attemptCookie(
  pathname: string,
  cookie: string | null,
  config: EdgeContext['config'],
): string | null {
  if (!ENTRY_PAGES.has(pathname)) return null
  if (readCookies(cookie, cookieName('attempt', config)).length > 0) return null
  return setCookie('attempt', crypto.randomUUID(), ATTEMPT_COOKIE_SECONDS, config)
}
