import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'
import { requestIdOf } from '@/http/request/request-id'

const slot = globalThis as { rekindleRequest?: AsyncLocalStorage<string> }

/** Next.js loads this module once per bundle, and all of them serve the same requests. */
function storage(): AsyncLocalStorage<string> {
  slot.rekindleRequest ??= new AsyncLocalStorage()
  return slot.rekindleRequest
}

/** The id of the request that is being served, or null outside any. */
export function currentRequestId(): string | null {
  return storage().getStore() ?? null
}

/** From here on, whatever this event sets off belongs to the request of this id. */
export function enterRequest(id: string): void {
  storage().enterWith(id)
}

/** Runs `work` within the request that is being served: by these headers, where the front has not said so before. */
export function withinRequest<T>(headers: Pick<Headers, 'get'>, work: (id: string) => T): T {
  const known = currentRequestId()
  if (known !== null) return work(known)
  const id = requestIdOf(headers)
  return storage().run(id, () => work(id))
}
