import type { Fetch, Signal } from '../platform'
import type { Json, RefreshRequest } from './contract'

/** An answer that was read to its end: one that stalls halfway is no answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** An empty object if the body was no JSON. */
  readonly body: Json
}

/** Sends the client's own requests (refresh, sign-in, sign-out) to the server. */
export type Exchange = (request: RefreshRequest, signal: Signal) => Promise<Answer>

/** @param credentials Whether the browser's cookies go along. */
export function openExchange(
  origin: string,
  send: Fetch,
  credentials: 'include' | 'omit',
): Exchange {
  return async (request, signal) => {
    const response: Response = await send(origin + request.path, {
      method: 'POST',
      ...request,
      credentials,
      // A redirect would carry a token or a password elsewhere (307 and 308 keep the body: RFC 9110 §15.4).
      redirect: 'error',
      signal,
    })
    return {
      status: response.status,
      headers: response.headers,
      body: Object(await response.json().catch(() => {})),
    }
  }
}
