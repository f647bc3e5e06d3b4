import 'server-only'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorBody } from '@/http/response/error-body'

const REFUSALS = {
  'too large': { status: 413, code: 'BODY_TOO_LARGE', message: 'The body is too large' },
  'timed out': { status: 408, code: 'BODY_TOO_LATE', message: 'The body took too long' },
  'not served': { status: 404, code: 'NOT_FOUND', message: 'This is not served here' },
} as const

/** How much of a refused body is still read and dropped, so that its sender can read the response. */
const MAX_LEFTOVER_BYTES = 1024 * 1024

/**
 * Answers a request before any handler sees it, with an error in the canonical format. A client whose connection is closed
 * while it still sends its body never reads the response. So the rest of the body is read and dropped, up to 1 MiB and for at
 * most `timeoutMs` milliseconds, before the connection is closed.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  reason: keyof typeof REFUSALS,
  timeoutMs: number,
): void {
  const failure = REFUSALS[reason]
  const body = JSON.stringify(errorBody(failure))
  const isUnsent = request.headers.expect !== undefined
  response.writeHead(failure.status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'private, no-store',
    // Node would take the next bytes on the connection for the rest of this body.
    ...(reason === 'timed out' || isUnsent ? { Connection: 'close' } : {}),
  })
  response.end(body)
  if (!request.complete) dropRest(request, timeoutMs)
}

function dropRest(request: IncomingMessage, timeoutMs: number): void {
  let length = 0
  const disconnect = () => void request.socket.destroy()
  const timer = setTimeout(disconnect, timeoutMs)
  request.once('close', () => clearTimeout(timer))
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MAX_LEFTOVER_BYTES) disconnect()
  })
}
