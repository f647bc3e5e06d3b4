import type { NextRequest } from 'next/server'
import { isNavigation } from '@/http/address/navigation'
import { readRedirectMark } from '@/http/address/redirect-mark'
import { isRead } from '@/http/request/methods'
import { REQUESTED_HOST_HEADER } from '@/http/wire'
import type { EdgeParts } from './context'
import { isApi } from './gate'

const MAX_REMEMBERED = 16
/** Hosts under which requests come that were sent to the public origin: a proxy in front writes them in its place. */
const rewritten = new Set<string>()

/**
 * Where a person who opened a page at another host than the public origin's is to go: `there`, unless that was tried and led
 * back under that very host. Then a proxy rewrites `Host` without a word, and it is remembered, so that nobody is sent again;
 * an address that bears a mark is sent nowhere, so there is no loop, whichever process answers. Programs and platforms are left alone.
 */
export type PublicOrigin = 'here' | 'there' | 'rewritten'

export function publicOrigin(request: NextRequest, { config }: EdgeParts): PublicOrigin {
  const { headers, method, url } = request
  const { pathname, search } = new URL(url)
  // Where the server's front does not see requests, that header is the client's.
  const host = config.trustsReceivedAt ? headers.get(REQUESTED_HOST_HEADER) : null
  if (host === null || isOwn(host, config.appOrigin)) return 'here'
  const again = readRedirectMark(search)
  if (again === 'host') {
    remember(host)
    return 'rewritten'
  }
  if (again !== null || rewritten.has(host)) return 'here'
  return isRead(method) && isNavigation(headers) && !isApi(pathname) ? 'there' : 'here'
}

/** True if it is the origin's host, with or without its default port; and for what is no host at all. */
function isOwn(host: string, appOrigin: string): boolean {
  const own = new URL(appOrigin)
  const asked = `${own.protocol}//${host}`
  return !URL.canParse(asked) || new URL(asked).host === own.host
}

function remember(host: string): void {
  if (rewritten.size < MAX_REMEMBERED) rewritten.add(host)
}
