import { notFoundHandlers } from '@/server/http/not-found'
import type { Methods } from '@/server/http/resource'
import { withRequestSpan } from '@/server/telemetry/request-span'
import { ROUTES } from './routes'

/** Answers a request as Next.js does on the paths of `ROUTES`, and 404 NOT_FOUND on every other. */
export async function answer(request: Request): Promise<Response> {
  const path = pathOf(request.url)
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined
  const handlers = route ?? notFoundHandlers
  const handler = handlers[request.method as keyof Methods] ?? notFoundHandlers.GET
  return withRequestSpan(request, route ? path : null, () => handler(request, {}))
}

/** The path of an absolute URL, without parsing the rest of it. */
function pathOf(url: string): string {
  const from = url.indexOf('/', url.indexOf('://') + 3)
  const length = url.slice(from).search(/[?#]/)
  return length < 0 ? url.slice(from) : url.slice(from, from + length)
}
