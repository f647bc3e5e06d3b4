import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'
import { requestIdOf } from '@/http/request/request-id'

const slot = globalThis as { rekindleRequest?: AsyncLocalStorage<string> }

/** Next.js loads this module once per bundle, and all bundles serve the same requests, so the storage is global. */
function storage(): AsyncLocalStorage<string> {
  slot.rekindleRequest ??= new AsyncLocalStorage()
  return slot.rekindleRequest
}

/** The id of the request that is being served; null outside of a request. */
export function currentRequestId(): string | null {
  return storage().getStore() ?? null
}

/** Makes `id` the current request id for the rest of this event and for all asynchronous work that it starts. */
export function enterRequest(id: string): void {
  storage().enterWith(id)
}

/** Runs `work` with a current request id: the one that `enterRequest` has set, or else `requestIdOf(headers)`. */
export function withinRequest<T>(headers: Pick<Headers, 'get'>, work: (id: string) => T): T {
  const known = currentRequestId()
  if (known !== null) return work(known)
  const id = requestIdOf(headers)
  return storage().run(id, () => work(id))
}
