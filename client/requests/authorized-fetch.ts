import { ClientError } from '../errors'
import type { Fetch, Signal } from '../platform'

/**
 * Creates a drop-in `fetch` whose requests to `origin` carry the session. A request that is answered 401 is sent once more after a
 * refresh. Requests to other origins, and requests with an `Authorization` of their own, are passed on untouched.
 * @param always Options of each request that carries the session.
 * @param ensureFresh Resolves, with a version, when a request may go; `refused` is the version of one that was answered 401.
 * @param access The access token, if script holds it.
 * @throws ClientError `signed_out`, `unavailable`, `closed`; `body_not_replayable` if the body was a stream and the answer 401. What
 * `send` throws is thrown as it is.
 */
export function createFetch(
  origin: string,
  send: Fetch,
  always: RequestInit | false | undefined,
  ensureFresh: (signal?: Signal | null, refused?: number) => Promise<number>,
  access: () => string | false | undefined,
): Fetch {
  // A string or a URL has none of a Request's fields.
  const sessionFetch = async (input: Partial<Request>, init: RequestInit = {}) => {
    const address = input.url ?? String(input)
    // Compared as text, as React Native implements half of URL. An address that begins with the origin and a slash leads nowhere else.
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
      // A copy of the Request is sent, so that its body can be read for a second attempt.
      const target = input.clone?.() ?? url
      return send(target, { ...init, headers, ...always })
    }
    const version = await ensureFresh(signal)
    const response = await attempt()
    if (response.status !== 401) return response

    response.body?.cancel?.().catch(() => {})
    await ensureFresh(signal, version)
    // A stream can be read only once. Node also accepts an async iterable as a body.
    const body = (init.body ?? {}) as Partial<ReadableStream & AsyncIterable<unknown>>
    if (body.getReader || body[Symbol.asyncIterator]) throw new ClientError('body_not_replayable')
    return attempt()
  }
  return sessionFetch as Fetch
}
