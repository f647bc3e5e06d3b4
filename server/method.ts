import 'server-only'
import { route } from './http'
import { HttpError } from './http-error'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

type Method = (typeof METHODS)[number]
type Handler = (request: Request) => Promise<Response>

/**
 * Handlers for the methods that a path does not have, which Next.js would refuse without saying which it has: 405 with
 * `Allow` (RFC 9110 §15.5.6), and to OPTIONS 204 with the same.
 */
export function otherMethods<Own extends Method>(
  ...own: readonly Own[]
): Record<Exclude<Method, Own>, Handler> {
  const reads: Method[] = own.some((method) => method === 'GET') ? ['HEAD'] : []
  const headers = { Allow: [...own, ...reads, 'OPTIONS'].join(', ') }
  const refuse = route(async () => {
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', 'This path has no such method', headers)
  })
  const tell = route(async () => new Response(null, { status: 204, headers }))
  return Object.fromEntries(
    METHODS.map((method) => [method, method === 'OPTIONS' ? tell : refuse]),
  ) as Record<Method, Handler>
}
