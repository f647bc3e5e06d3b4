import 'server-only'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { giveBody } from '../http/request-body'

/** In the URL of each request. No route reads it: like any `Host`, it would be a claim of the client. */
const HOST = 'localhost'

/**
 * Makes a listener of Node's HTTP server of a function from a request to a response. The request has the headers as the request
 * normalizer left them, and never those that came over the wire: by these, a client could choose its own address. The body must
 * have arrived, as `boundIntake` sees to. With `own`, the adapter replaces the global `Request` and `Response` by its own, which make
 * streams of bodies only if asked to.
 */
export function createListener(
  answer: (request: Request) => Promise<Response>,
  { own = true }: { own?: boolean } = {},
) {
  const fetchCallback: Parameters<typeof getRequestListener>[0] = (request, { incoming }) => {
    const { readableLength } = incoming as IncomingMessage
    const body: Buffer | null = readableLength > 0 ? (incoming as IncomingMessage).read() : null
    if (body) giveBody(request, body)
    return answer(request)
  }
  const listener = getRequestListener(fetchCallback, { overrideGlobalObjects: own })
  return (request: IncomingMessage, response: ServerResponse) => {
    // The adapter refuses a `Host` that is no name, and a backslash in a path, with an empty 400.
    request.headers.host = HOST
    request.url = request.url?.replaceAll('\\', '/') ?? '/'
    // The adapter reads some headers from here: those that came twice, and all of them if they are copied.
    request.rawHeaders = rawHeadersOf(request.headers)
    return listener(request, response)
  }
}

function rawHeadersOf(headers: IncomingHttpHeaders): string[] {
  const raw: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) raw.push(name, typeof value === 'string' ? value : value.join(', '))
  }
  return raw
}
