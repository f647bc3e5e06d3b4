import type { Clock } from './clock'
import { ClientError } from './errors'
import type { Signal } from './platform'

/** What `promise` becomes, or a rejection with the signal's reason as soon as it aborts. */
export function unlessAborted<T>(promise: Promise<T>, signal?: Signal | null): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    // React Native's signals keep no reason.
    const abort = () => reject(signal.reason ?? new ClientError('closed'))
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
    if (signal.aborted) abort()
  })
}

/** Waits `ms`, and leaves no timer where the signal aborts. */
export function pause(clock: Clock, ms: number, signal: Signal): Promise<void> {
  let cancel!: () => void
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  return unlessAborted(over, signal).finally(cancel)
}
