import { ClientError } from './errors'
import type { Fetch, Signal } from './platform'

/** `fetch` for requests that bear the session: with a token that serves, and once more where the server says 401. */
export function createFetch(
  origin: string,
  send: Fetch,
  always: RequestInit,
  ready: (signal?: Signal | null, refused?: number) => Promise<number>,
  access: () => string | false | undefined,
): Fetch {
  // Of a Request's fields, a string or a URL has none.
  const sessionFetch = async (input: Partial<Request>, init: RequestInit = {}) => {
    const address = input.url ?? String(input)
    // By its text, as React Native has half of URL: whatever begins like this goes to the origin.
    const url = /^(\w+:|\/\/)/.test(address) ? address : origin + address.replace(/^\/?/, '/')
    const headers = new Headers(init.headers ?? input.headers)
    const isOurs = `${url}/`.startsWith(`${origin}/`)
    if (!isOurs || headers.has('authorization')) {
      return send(input.url ? (input as Request) : url, init)
    }

    const signal = init.signal ?? input.signal
    const attempt = () => {
      const token = access()
      if (token) headers.set('authorization', `Bearer ${token}`)
      // A copy of a Request, so that its body is there for another attempt.
      const target = input.clone?.() ?? url
      return send(target, { ...init, headers, ...always })
    }
    const version = await ready(signal)
    const response = await attempt()
    if (response.status !== 401) return response

    response.body?.cancel?.().catch(() => {})
    await ready(signal, version)
    // Read once, and gone. Also where the platform takes any iterable.
    const body = (init.body ?? {}) as Partial<ReadableStream & AsyncIterable<unknown>>
    if (body.getReader || body[Symbol.asyncIterator]) throw new ClientError('body_not_replayable')
    return attempt()
  }
  return sessionFetch as Fetch
}
