import type { Clock } from './clock'
import type { Json, RefreshRequest } from './contract'
import { ClientError } from './errors'
import type { Fetch, Signal } from './platform'
import { unlessAborted } from './wait'

/** An answer, read to its end: the body is empty where there was no JSON. */
export interface Answer {
  readonly response: Response
  readonly body: Json
}

/**
 * Asks the server, with or without a browser's cookies. Gives up after `timeoutMs`, or when `closed` aborts: an answer that
 * stalls halfway is none.
 */
export function openExchange(
  origin: string,
  clock: Clock,
  send: Fetch,
  timeoutMs: number,
  credentials: 'include' | 'omit',
  closed: Signal,
) {
  return async (request: RefreshRequest): Promise<Answer> => {
    const cut = new AbortController()
    const { signal } = cut
    const cancel = clock.after(timeoutMs, () => cut.abort())
    try {
      const sent = send(origin + request.path, {
        ...request,
        credentials,
        redirect: 'error',
        signal,
      })
      // Not every fetch obeys its signal.
      return await unlessAborted(unlessAborted(read(sent), signal), closed)
    } finally {
      cancel()
      cut.abort()
    }
  }
}

async function read(sent: Promise<Response>): Promise<Answer> {
  const response = await sent
  return { response, body: (await response.json().catch(() => ({}))) as Json }
}

/** What to throw where an answer makes no sense, whatever it is: nobody is signed out by it. */
export function unavailable({ response }: Answer): ClientError {
  // In seconds; a date would need a clock, and counts as nothing.
  const retryAfterMs = Number(response.headers.get('retry-after')) * 1000 || 0
  return new ClientError('unavailable', { retryAfterMs, cause: response.status })
}
