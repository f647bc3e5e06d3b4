import { ClientError } from './errors'
import type { Fetch, Signal } from './platform'

/** `fetch` for requests that bear the session: with a token that serves, and once more where the server says 401. */
export function createFetch(
  origin: string,
  send: Fetch,
  inJar: boolean,
  ready: (signal?: Signal | null, refused?: number) => Promise<number>,
  access: () => string | undefined,
): Fetch {
  return async function sessionFetch(input: Request | URL | string, init: RequestInit = {}) {
    const given = (input as Request).headers ? (input as Request) : null
    const address = String(given?.url ?? input)
    // By its text, as React Native has half of URL: whatever begins like this goes to the origin.
    const url = /^(\w+:|\/\/)/.test(address) ? address : origin + address.replace(/^\/?/, '/')
    const headers = new Headers(init.headers ?? given?.headers)
    const isOurs = !headers.has('authorization') && `${url}/`.startsWith(`${origin}/`)
    if (!isOurs) return send(given ?? url, init)

    const signal = init.signal ?? given?.signal
    const attempt = (target: Request | string) => {
      const token = access()
      if (token) headers.set('authorization', `Bearer ${token}`)
      return send(target, { ...init, headers, ...(inJar && { credentials: 'include' }) })
    }
    const version = await ready(signal)
    // A copy of a Request, so that its body is there for another attempt.
    const response = await attempt(given?.clone() ?? url)
    if (response.status !== 401) return response

    response.body?.cancel?.().catch(() => {})
    await ready(signal, version)
    if (isStream(Object(init.body))) throw new ClientError('body_not_replayable')
    return attempt(given ?? url)
  }
}

/** Read once, and gone. Also where the platform takes any iterable. */
function isStream(body: object): boolean {
  return 'getReader' in body || Symbol.asyncIterator in body
}
