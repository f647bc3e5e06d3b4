import 'server-only'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { bufferBody } from './buffered-body'
import { refuse } from './refusal'

/** The largest request body in bytes, on any path. `proxyClientMaxBodySize` in config/next-config.ts has the same value. */
export const MAX_REQUEST_BYTES = 64 * 1024
/** The time from the end of a request's head to the end of its body. */
const BODY_TIMEOUT_MS = 30_000
/** The time for a request's head, and for the whole request. Node checks every 30 s (`connectionsCheckingInterval`). */
const HEADERS_TIMEOUT_MS = 30_000
const REQUEST_TIMEOUT_MS = 90_000
/** How long a connection may be inactive in both directions. */
const SOCKET_TIMEOUT_MS = 120_000

/** The bounds on one request's body. */
export interface IntakeLimits {
  readonly maxBytes: number
  /** The time from the end of the head to the end of the body. */
  readonly bodyMs: number
}

/** Answers a request in the place of the server's own listeners, and returns true, or leaves it to them. */
export type Ahead = (request: IncomingMessage, response: ServerResponse) => boolean

/**
 * Bounds what one request can cost an HTTP server before a handler sees it. The body is buffered first, up to a size and a
 * time, so that no handler waits for the rest of a body. A body is refused with 413 if its `Content-Length` is too large,
 * before it is read, or once its chunks exceed the size; with 408 if it takes too long (RFC 9110 §15.5). `Upgrade` is
 * ignored, since the server speaks no other protocol (§7.8). The image endpoint of Next.js, which fetches any URL that it is
 * given, answers 404. `ahead` may answer a request once its body has arrived.
 */
export function boundIntake(
  server: Server,
  limits: IntakeLimits = { maxBytes: MAX_REQUEST_BYTES, bodyMs: BODY_TIMEOUT_MS },
  ahead: Ahead = () => false,
): void {
  // Next.js listens for hot reload only and leaves every other upgrade open. Without a listener, Node answers over HTTP/1.1.
  server.removeAllListeners('upgrade')
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.timeout = SOCKET_TIMEOUT_MS
  const listeners = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')

  const serve: RequestListener = (request, response) => {
    if (ahead(request, response)) return
    for (const listener of listeners) listener.call(server, request, response)
  }
  server.on('request', (request, response) => void receive(request, response, limits, serve))
  server.on('checkContinue', (request, response) => {
    // A client that gets no 100 Continue does not send a body that will be refused (RFC 9110 §10.1.1).
    if (Number(request.headers['content-length'] ?? 0) <= limits.maxBytes) response.writeContinue()
    void receive(request, response, limits, serve)
  })
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  { maxBytes, bodyMs }: IntakeLimits,
  serve: RequestListener,
): Promise<void> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  if (Number(length) > maxBytes) return refuse(request, response, 'too large', bodyMs)
  if (isImageEndpoint(request.url)) return refuse(request, response, 'not served', bodyMs)
  if (encoding === undefined && Number(length) === 0) return serve(request, response)
  const result = await bufferBody(request, maxBytes, bodyMs)
  if (result === 'complete') serve(request, response)
  else if (result !== 'aborted') refuse(request, response, result, bodyMs)
}

function isImageEndpoint(target = ''): boolean {
  return target.split('?', 1)[0] === '/_next/image'
}
