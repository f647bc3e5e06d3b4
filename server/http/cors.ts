import 'server-only'
import type { Config } from '@/config/read'

/** Headers that a script of another origin may send, and headers of a response that it may read. */
const REQUEST_HEADERS = 'Authorization, Content-Type, X-Refresh-Mode, X-Refresh-Want'
const RESPONSE_HEADERS = 'Retry-After, WWW-Authenticate, X-Request-Id'
const PREFLIGHT_SECONDS = '600'

/** Lets a page of one of `corsOrigins` send its credentials and read the response (Fetch §3.3.3). */
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

/**
 * Answers a CORS preflight with the methods and headers that a path accepts (Fetch §3.3.3). `allowOrigin` adds the origin.
 * Does nothing if the request is not a preflight.
 */
export function allowPreflight(request: Request, headers: Headers, allow: string): void {
  if (!request.headers.has('access-control-request-method')) return
  headers.set('Access-Control-Allow-Methods', allow)
  headers.set('Access-Control-Allow-Headers', REQUEST_HEADERS)
  headers.set('Access-Control-Max-Age', PREFLIGHT_SECONDS)
}
