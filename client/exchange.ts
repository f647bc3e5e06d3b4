import type { Json, RefreshRequest } from './contract'
import type { Fetch, Signal } from './platform'

/** An answer, read to its end: one that stalls halfway is none. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Empty where there was no JSON. */
  readonly body: Json
}

/** Asks the server, with or without a browser's cookies. */
export function openExchange(origin: string, send: Fetch, credentials: 'include' | 'omit') {
  return async (request: RefreshRequest, signal: Signal): Promise<Answer> => {
    const response: Response = await send(origin + request.path, {
      method: 'POST',
      ...request,
      credentials,
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
