import 'server-only'
import type { Config } from '@/config/read'

/** What a script of another origin may send, and read of an answer besides its body. */
const REQUEST_HEADERS = 'Authorization, Content-Type, X-Refresh-Mode, X-Refresh-Want'
const RESPONSE_HEADERS = 'Retry-After, WWW-Authenticate, X-Request-Id'
const PREFLIGHT_SECONDS = '600'

/** Lets the page that sent a request read the answer, with its credentials, where its origin is named in the configuration. */
export function allowOrigin(
  request: Request,
  headers: Headers,
  { corsOrigins }: Pick<Config, 'corsOrigins'>,
): void {
  if (corsOrigins.length === 0) return
  headers.append('Vary', 'Origin')
  const origin = request.headers.get('origin')
  if (origin === null || !corsOrigins.includes(origin)) return
  headers.set('Access-Control-Allow-Origin', origin)
  headers.set('Access-Control-Allow-Credentials', 'true')
  headers.set('Access-Control-Expose-Headers', RESPONSE_HEADERS)
}

/** Says in advance what such a page may ask of a path (Fetch §3.3.3). `allowOrigin` adds to whom. */
export function allowPreflight(request: Request, headers: Headers, allow: string): void {
  if (!request.headers.has('access-control-request-method')) return
  headers.set('Access-Control-Allow-Methods', allow)
  headers.set('Access-Control-Allow-Headers', REQUEST_HEADERS)
  headers.set('Access-Control-Max-Age', PREFLIGHT_SECONDS)
}
