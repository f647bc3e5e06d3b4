import { isRead } from './gate'

type Headers = { get(name: string): string | null }

/**
 * Whether a request was sent by another site: by its `Origin` (RFC 6454) where it has one, and by `Sec-Fetch-Site`
 * (W3C Fetch Metadata). A sibling subdomain counts as another site, and so does the opaque origin `null`. Origins in `trusted`
 * are none. A client that sends neither header is no browser, and brings no cookies it was not given.
 */
export function isCrossSite(
  headers: Headers,
  ownOrigin: string,
  trusted: readonly string[] = [],
): boolean {
  const origin = headers.get('origin')
  if (origin !== null && trusted.includes(origin)) return false
  if (origin !== null && origin !== ownOrigin) return true
  const site = headers.get('sec-fetch-site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}

/** Whether that, and it changes state. */
export function isCrossSiteWrite(
  method: string,
  headers: Headers,
  ownOrigin: string,
  trusted: readonly string[] = [],
): boolean {
  return !isRead(method) && method !== 'OPTIONS' && isCrossSite(headers, ownOrigin, trusted)
}
