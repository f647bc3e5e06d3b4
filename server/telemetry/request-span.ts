import 'server-only'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/**
 * Answers a request in a span of its own, such as `POST /login`, as Next.js does by itself. Its parent is the caller's
 * `traceparent`, as far as the request normalizer has left it. `path` is null if no route has it, since a name must not be a
 * client's choice. Without tracing this does nothing but call `answer`.
 */
export function withRequestSpan(
  { method, headers }: Pick<Request, 'method' | 'headers'>,
  path: string | null,
  answer: () => Promise<Response>,
): Promise<Response> {
  const parent = propagation.extract(context.active(), headers, {
    get: (from, name) => from.get(name) ?? undefined,
    keys: (from) => [...from.keys()],
  })
  const attributes = { 'http.method': method, ...(path !== null && { 'http.route': path }) }
  const name = path === null ? method : `${method} ${path}`
  const options = { kind: SpanKind.SERVER, attributes }
  return trace.getTracer('rekindle').startActiveSpan(name, options, parent, async (span) => {
    try {
      const response = await answer()
      span.setAttribute('http.status_code', response.status)
      if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      return response
    } finally {
      span.end()
    }
  })
}
