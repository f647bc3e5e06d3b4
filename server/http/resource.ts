import 'server-only'
import { allowPreflight } from './cors'
import { HttpError } from './http-error'
import { type Handler, type RouteOptions, route } from './route'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
type Method = (typeof METHODS)[number]

/** A handler for every method that a Next.js route file can export. */
export type Methods<Context = unknown> = Record<Method, Handler<Context>>

/**
 * Completes the methods of a path. HEAD runs the handler of GET; OPTIONS answers with `Allow`, and to a preflight of a
 * contract's route with the CORS headers; any other method is 405 METHOD_NOT_ALLOWED with `Allow` (RFC 9110 §15.5.6).
 */
export function resource<Context = unknown>(
  own: Partial<Record<'GET' | 'POST' | 'DELETE', Handler<Context>>>,
  options: RouteOptions = {},
): Methods<Context> {
  const names = METHODS.filter((method) => method in own || (method === 'HEAD' && 'GET' in own))
  const allow = [...names, 'OPTIONS'].join(', ')
  const methodNotAllowed: Handler<Context> = route(async () => {
    const message = `This path has ${allow}`
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', message, { Allow: allow })
  }, options)
  const answerOptions: Handler<Context> = route(async (request) => {
    const response = new Response(null, { status: 204, headers: { Allow: allow } })
    if (options.contract) allowPreflight(request, response.headers, allow)
    return response
  }, options)
  const handlers = METHODS.map((method) => {
    const handler = method === 'HEAD' ? own.GET : method in own ? own[method as 'GET'] : undefined
    return [method, handler ?? (method === 'OPTIONS' ? answerOptions : methodNotAllowed)]
  })
  return Object.fromEntries(handlers)
}
