import 'server-only'

/** How many messages may wait for a client that reads none, before its stream is closed. */
const MAX_UNREAD = 64

/** A stream of server-sent events (WHATWG HTML §9.2). */
export interface EventStream {
  /** The response that carries the stream. No proxy may compress it, since that would hold its messages back, nor buffer it. */
  readonly response: Response
  /** Sends a message, as JSON. */
  send(message: unknown): void
  /** Sends a comment, which clients ignore, so that no proxy takes the stream for dead. */
  beat(): void
  /** Ends the stream, once. */
  close(): void
}

/** Opens a stream. `closed` is called once, when either side ends it. `signal` is the request's. */
export function openEventStream(
  { reconnectMs, signal }: { readonly reconnectMs: number; readonly signal: AbortSignal },
  closed: () => void,
): EventStream {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given
      },
      cancel: () => forget(),
    },
    { highWaterMark: MAX_UNREAD },
  )

  function forget(): void {
    if (!controller) return
    controller = undefined
    signal.removeEventListener('abort', close)
    closed()
  }
  function close(): void {
    controller?.close()
    forget()
  }
  function write(text: string): void {
    if ((controller?.desiredSize ?? 1) <= 0) close()
    controller?.enqueue(encoder.encode(text))
  }

  write(`retry: ${reconnectMs}\n\n`)
  if (signal.aborted) close()
  else signal.addEventListener('abort', close)
  return {
    response: new Response(body, {
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'private, no-store, no-transform',
        'X-Accel-Buffering': 'no',
      },
    }),
    send: (message) => write(`data: ${JSON.stringify(message)}\n\n`),
    beat: () => write(': still here\n\n'),
    close,
  }
}
