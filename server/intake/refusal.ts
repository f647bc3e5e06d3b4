import 'server-only'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorBody } from '@/http/response/error-body'

const REFUSALS = {
  'too large': { status: 413, code: 'BODY_TOO_LARGE', message: 'The body is too large' },
  late: { status: 408, code: 'BODY_TOO_LATE', message: 'The body took too long' },
  'not served': { status: 404, code: 'NOT_FOUND', message: 'This is not served here' },
} as const

/** Of a body that was refused so much is still read and thrown away, so that its sender gets to read the answer. */
const MAX_LEFTOVER_BYTES = 1024 * 1024

/**
 * Answers a request that no handler sees, in the canonical shape. A client that still sends its body, and whose connection is
 * cut at once, never reads why: what is left of a moderate body is dropped, for at most `forMs`, and only then is the connection cut.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  reason: keyof typeof REFUSALS,
  forMs: number,
): void {
  const failure = REFUSALS[reason]
  const body = JSON.stringify(errorBody(failure))
  const isUnsent = request.headers.expect !== undefined
  response.writeHead(failure.status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'private, no-store',
    // What comes next on the connection would be taken for the rest of this body.
    ...(reason === 'late' || isUnsent ? { Connection: 'close' } : {}),
  })
  response.end(body)
  if (!request.complete) dropRest(request, forMs)
}

function dropRest(request: IncomingMessage, forMs: number): void {
  let length = 0
  const cut = () => void request.socket.destroy()
  const timer = setTimeout(cut, forMs)
  request.once('close', () => clearTimeout(timer))
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MAX_LEFTOVER_BYTES) cut()
  })
}
