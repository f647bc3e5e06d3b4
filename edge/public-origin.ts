import type { NextRequest } from 'next/server'
import { isNavigation } from '@/http/address/navigation'
import { readRedirectMark } from '@/http/address/redirect-mark'
import { isRead } from '@/http/request/methods'
import { REQUESTED_HOST_HEADER } from '@/http/wire'
import type { EdgeContext } from './context'
import { isApi } from './paths'

const MAX_REMEMBERED = 16
/** Hosts that a proxy writes in place of the public one: a redirect to the public origin came back under this host. */
const rewritten = new Set<string>()

/** `redirect` to the public origin, `serve` here, or serve here because a proxy has `rewritten` the host. */
export type HostDecision = 'serve' | 'redirect' | 'rewritten'

/**
 * Decides where a page is served that was opened at another host than the public origin's. A navigation is redirected to the public
 * origin, with the mark `_again=host`; a call of a program is not. If the redirect comes back under the same host, a proxy rewrites
 * `Host`: the page is served, and this process remembers the host and redirects nothing more from it. A URL with a mark is never
 * redirected, so no loop is possible, whichever process answers.
 */
export function checkHost(request: NextRequest, { config }: EdgeContext): HostDecision {
  const { headers, method, url } = request
  const { pathname, search } = new URL(url)
  // Elsewhere no part of the server sets this header, and a client may have sent it.
  const host = config.trustsReceivedAt ? headers.get(REQUESTED_HOST_HEADER) : null
  if (host === null || isOwn(host, config.appOrigin)) return 'serve'
  const mark = readRedirectMark(search)
  if (mark === 'host') {
    remember(host)
    return 'rewritten'
  }
  if (mark !== null || rewritten.has(host)) return 'serve'
  return isRead(method) && isNavigation(headers) && !isApi(pathname) ? 'redirect' : 'serve'
}

/** True for the public origin's host, with or without its default port, and for text that is not a host. */
function isOwn(host: string, appOrigin: string): boolean {
  const own = new URL(appOrigin)
  const asked = `${own.protocol}//${host}`
  return !URL.canParse(asked) || new URL(asked).host === own.host
}

function remember(host: string): void {
  if (rewritten.size < MAX_REMEMBERED) rewritten.add(host)
}
