import { INTERNAL_CALLER_HEADER } from '../wire'
import { isRead } from './methods'

type Headers = { get(name: string): string | null }

/**
 * True if another site sent the request, by its `Origin` (RFC 6454) if it has one and by `Sec-Fetch-Site` (W3C Fetch Metadata).
 * A sibling subdomain counts as another site, and so does the opaque origin `null`, unless the origin was only withheld. Origins
 * in `trusted` do not. A client that sends neither header is not a browser, so no other site can make it send cookies.
 */
export function isCrossSite(
  headers: Headers,
  ownOrigin: string,
  trusted: readonly string[] = [],
): boolean {
  const origin = headers.get('origin')
  if (origin !== null && trusted.includes(origin)) return false
  if (origin !== null && origin !== ownOrigin) return !isOriginWithheld(headers)
  const site = headers.get('sec-fetch-site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}

/**
 * True if a page of this origin sent the request without naming the origin. Under `Referrer-Policy: no-referrer`, which a proxy may
 * set, a form is posted with `Origin: null` (Fetch §3.2). The browser computes `Sec-Fetch-Site` itself: another site cannot make it
 * `same-origin`, not by a page, a sandbox or a redirect.
 */
export function isOriginWithheld(headers: Headers): boolean {
  return headers.get('origin') === 'null' && headers.get('sec-fetch-site') === 'same-origin'
}

/** True if the request changes state and another site sent it. */
export function isCrossSiteWrite(
  method: string,
  headers: Headers,
  ownOrigin: string,
  trusted: readonly string[] = [],
): boolean {
  return !isRead(method) && method !== 'OPTIONS' && isCrossSite(headers, ownOrigin, trusted)
}

/** Headers that only a browser sends, or middleware on behalf of one. */
const BROWSER_HEADERS = [
  'origin',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'sec-fetch-user',
  INTERNAL_CALLER_HEADER,
]

/**
 * True if the headers show that a browser sent the request. From a browser on https, only cookies with the prefix `__Host-` are
 * read, because a sibling subdomain can set the others.
 */
export function isBrowser(headers: { has(name: string): boolean }): boolean {
  return BROWSER_HEADERS.some((name) => headers.has(name))
}
