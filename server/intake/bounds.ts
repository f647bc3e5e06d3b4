import 'server-only'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { refuse } from './refusal'
import { readWhole } from './whole-body'

/** The largest body that is taken in, on any path. `proxyClientMaxBodySize` in next.config.ts says the same to Next.js. */
export const MAX_REQUEST_BYTES = 64 * 1024
/** How long a body may take from the end of its head. */
const BODY_MS = 30_000
/** How long a head may take, and a request in all; Node looks every 30 s. */
const HEAD_MS = 30_000
const REQUEST_MS = 90_000
/** How long a connection may say nothing, and take nothing of an answer. */
const SILENCE_MS = 120_000

export interface IntakeLimits {
  readonly maxBytes: number
  readonly bodyMs: number
}

/**
 * Bounds what one request can cost an HTTP server before a handler sees it. A body is taken in whole, up to a size and a time, so
 * that nothing waits with half of one: 413 by its `Content-Length` before any of it is read, or once its chunks exceed
 * the size; 408 where it takes too long (RFC 9110 §15.5). An `Upgrade` is ignored, since no other protocol is spoken
 * here (§7.8). The image endpoint of Next.js, which fetches what it is told to, is not served.
 */
export function boundIntake(
  server: Server,
  limits: IntakeLimits = { maxBytes: MAX_REQUEST_BYTES, bodyMs: BODY_MS },
): void {
  // Next.js listens for hot reload alone, and leaves any other upgrade open. Without a listener Node answers over HTTP/1.1.
  server.removeAllListeners('upgrade')
  server.headersTimeout = HEAD_MS
  server.requestTimeout = REQUEST_MS
  server.timeout = SILENCE_MS
  const theirs = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')

  const serve: RequestListener = (request, response) => {
    for (const listener of theirs) listener.call(server, request, response)
  }
  server.on('request', (request, response) => void receive(request, response, limits, serve))
  server.on('checkContinue', (request, response) => {
    // What is refused is not sent at all (RFC 9110 §10.1.1).
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
  const intake = await readWhole(request, maxBytes, bodyMs)
  if (intake === 'whole') serve(request, response)
  else if (intake !== 'gone') refuse(request, response, intake, bodyMs)
}

function isImageEndpoint(target = ''): boolean {
  return target.split('?', 1)[0] === '/_next/image'
}
