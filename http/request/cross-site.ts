import { isRead } from './methods'

type Headers = { get(name: string): string | null }

/**
 * Whether a request was sent by another site: by its `Origin` (RFC 6454) where it has one, and by `Sec-Fetch-Site`
 * (W3C Fetch Metadata). A sibling subdomain counts as another site, and so does the opaque origin `null`, unless it was only
 * withheld. Origins in `trusted` are none. A client that sends neither header is no browser, and brings no cookies it was not
 * given.
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
 * True if a page of this very origin sent the request without saying so: under `Referrer-Policy: no-referrer`, which a proxy may
 * set, a form is posted with `Origin: null` (Fetch §3.2). The browser computes `Sec-Fetch-Site` by itself; no page, and no
 * sandbox or redirect of another site, gets it to say `same-origin`.
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

/** What only a browser sends, and middleware on behalf of one. */
const BROWSER_HEADERS = [
  'origin',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'sec-fetch-user',
  'x-internal-caller',
]

/**
 * True if a browser sent the request, where it can be told. On an https origin a browser's cookies count by their prefixed
 * names alone: a sibling subdomain can set the others.
 */
export function isBrowser(headers: { has(name: string): boolean }): boolean {
  return BROWSER_HEADERS.some((name) => headers.has(name))
}
