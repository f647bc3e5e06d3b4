import 'server-only'
import type { IncomingMessage } from 'node:http'

/** How the wait for a body ended. After `aborted`, no response can be sent. */
export type BufferResult = 'complete' | 'too large' | 'timed out' | 'aborted'

/**
 * Waits until the whole body of a request has arrived, and puts it back into the stream for the next reader, like a proxy that
 * buffers requests. It holds at most `maxBytes` and one read of Node's, for at most `timeoutMs` milliseconds.
 */
export function bufferBody(
  request: IncomingMessage,
  maxBytes: number,
  timeoutMs: number,
): Promise<BufferResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0

    const finish = (result: BufferResult) => {
      clearTimeout(timer)
      request.off('readable', read).off('close', abort)
      if (result === 'complete' && length > 0) putBack(request, Buffer.concat(chunks, length))
      resolve(result)
    }
    const read = () => {
      while (request.readableLength > 0) {
        const chunk: Buffer = request.read()
        chunks.push(chunk)
        length += chunk.length
      }
      if (length > maxBytes) finish('too large')
      else if (request.complete) finish('complete')
    }
    const abort = () => finish('aborted')
    const timer = setTimeout(() => finish('timed out'), timeoutMs)
    request.on('close', abort)
    // By then, what came with the head is in the stream's buffer. If nothing more will come, a `readable` listener would
    // end the stream before the next reader sees it.
    process.nextTick(() => {
      if (request.complete && request.readableLength <= maxBytes) finish('complete')
      else request.on('readable', read)
    })
  })
}

/** Must run in the same tick as the last read, before the stream emits `end`. */
function putBack(request: IncomingMessage, body: Buffer): void {
  request.unshift(body)
  // A `Request` cannot be constructed from a stream that was read (`stream.isDisturbed`). This stream was read, but it is
  // complete again, so it has to look unread until it is read.
  Object.defineProperty(request, 'readableDidRead', {
    configurable: true,
    get: () => request.readableEnded || request.readableLength !== body.length,
  })
}
