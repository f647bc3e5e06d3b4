import { isRead } from './gate'

/**
 * Whether a request that changes state was sent by another site: by its `Origin` (RFC 6454) where it has one, and by
 * `Sec-Fetch-Site` (W3C Fetch Metadata). A sibling subdomain counts as another site, and so does the opaque origin `null`.
 * A client that sends neither is no browser, and brings no cookies it was not given.
 */
export function isCrossSiteWrite(
  method: string,
  headers: { get(name: string): string | null },
  ownOrigin: string,
): boolean {
  if (isRead(method) || method === 'OPTIONS') return false
  const origin = headers.get('origin')
  if (origin !== null && origin !== ownOrigin) return true
  const site = headers.get('sec-fetch-site')
  return site !== null && site !== 'same-origin' && site !== 'none'
}
