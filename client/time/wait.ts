import { ClientError } from '../errors'
import type { Signal } from '../platform'
import type { Clock } from './clock'

/**
 * Settles as `promise` does, or rejects with the signal's reason as soon as it aborts.
 * @throws ClientError `closed` if the signal keeps no reason.
 */
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

/** Waits `ms` milliseconds. If the signal aborts, it rejects as `unlessAborted` does and leaves no timer. */
export function pause(clock: Clock, ms: number, signal: Signal): Promise<void> {
  let cancel!: () => void
  const over = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  return unlessAborted(over, signal).finally(cancel)
}
