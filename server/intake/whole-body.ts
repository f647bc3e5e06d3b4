import 'server-only'
import type { IncomingMessage } from 'node:http'

/** What became of waiting for a body. If the client is gone, there is no answer to send. */
export type Intake = 'whole' | 'too large' | 'late' | 'gone'

/**
 * Waits until a request's body is there, and puts it back for the next reader: in the way of a proxy that buffers requests.
 * Holds at most `maxBytes` and what Node reads at once, for at most `forMs`.
 */
export function readWhole(
  request: IncomingMessage,
  maxBytes: number,
  forMs: number,
): Promise<Intake> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0

    const end = (intake: Intake) => {
      clearTimeout(timer)
      request.off('readable', read).off('close', gone)
      if (intake === 'whole' && length > 0) putBack(request, Buffer.concat(chunks, length))
      resolve(intake)
    }
    const read = () => {
      while (request.readableLength > 0) {
        const chunk: Buffer = request.read()
        chunks.push(chunk)
        length += chunk.length
      }
      if (length > maxBytes) end('too large')
      else if (request.complete) end('whole')
    }
    const gone = () => end('gone')
    const timer = setTimeout(() => end('late'), forMs)
    request.on('close', gone)
    // What came with the head is in its buffer by then. A listener for more would end a stream in which no more will come.
    process.nextTick(() => {
      if (request.complete && request.readableLength <= maxBytes) end('whole')
      else request.on('readable', read)
    })
  })
}

/** Must run in the same turn as the last read: the end of the stream has not been announced yet. */
function putBack(request: IncomingMessage, body: Buffer): void {
  request.unshift(body)
  // A `Request` cannot be made of a stream that was read from (`stream.isDisturbed`). This one was, but nothing of it is missing.
  Object.defineProperty(request, 'readableDidRead', {
    configurable: true,
    get: () => request.readableEnded || request.readableLength !== body.length,
  })
}
