import 'server-only'
import ipaddr from 'ipaddr.js'
import type { Config } from '@/config/read'
import { isReservedForTests, isTestOrigin } from '@/config/test-origin'
import { REQUESTED_HOST_HEADER } from '@/http/wire'
import { clientOf } from '../http/client-info'
import { HttpError } from '../http/http-error'
import { TESTING_HEADER } from './wire'

/** Headers that every browser sends with a POST, and no test program. */
const BROWSER_HEADERS = ['origin', 'sec-fetch-site']
/** The ranges of addresses on networks that are not public, such as a network of containers. */
const PRIVATE_RANGES = ['private', 'uniqueLocal', 'linkLocal']

/**
 * Requires that the caller is a test program near the server, and neither a page in a browser, nor a stranger behind a proxy.
 * It relies on headers that the request normalizer sets.
 * @throws HttpError 403 TESTING_REFUSED that says what is wrong.
 */
export function requireTestCaller({ headers }: Request, config: Config): void {
  if (headers.get(TESTING_HEADER) !== '1') throw refused(`Send the header ${TESTING_HEADER}: 1`)
  // Not even a page of this origin may call it. A name that is rebound to this machine's address is such a page to a browser.
  if (BROWSER_HEADERS.some((name) => headers.has(name))) {
    throw refused('A page in a browser must not call this: call it from the test itself')
  }
  const host = requestedHost(headers, config)
  if (host === null) throw refused('This request came through a proxy: call the server itself')
  if (!isTestHost(host)) {
    throw refused('Call this by a name of this machine, such as localhost, or by one under .test')
  }
  if (!isNear(clientOf(headers).address, config.appOrigin)) {
    throw refused(
      'This request came from another machine: for tests in containers, set APP_ORIGIN to a name under .test',
    )
  }
}

/** The host that was asked for, or null if a proxy may have rewritten it. A test may go past a trusted proxy, to the server itself. */
function requestedHost(headers: Headers, { clientAddress }: Config): string | null {
  const host = headers.get(REQUESTED_HOST_HEADER)
  const isBehindProxy = clientAddress !== 'platform' && clientAddress.trustedHops > 0
  return host ?? (isBehindProxy ? headers.get('host') : null)
}

function isTestHost(host: string): boolean {
  const origin = `http://${host}`
  return URL.canParse(origin) && isTestOrigin(origin)
}

/** True for this machine and, if the app has a name that is reserved for tests, for a machine on a private network. */
function isNear(address: string, appOrigin: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const range = ipaddr.process(address).range()
  return range === 'loopback' || (isReservedForTests(appOrigin) && PRIVATE_RANGES.includes(range))
}

function refused(message: string): HttpError {
  return new HttpError(403, 'TESTING_REFUSED', message)
}
