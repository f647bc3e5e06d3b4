import { ClientError } from '../errors'
import type { Signal } from '../platform'
import type { Answer } from '../requests/exchange'
import type { Clock } from './clock'
import { pause, unlessAborted } from './wait'

/**
 * Runs a step that may fail in any way, or never end. `signal` aborts as soon as nothing waits for the step any more.
 * @throws ClientError `unavailable` if the step failed, took too long, or threw the answer of a server that could not be understood.
 * A ClientError that the step throws, and the reason of a signal that aborted, are thrown as they are.
 */
export type WithTimeout = (
  step: (signal: Signal) => Promise<void>,
  given?: Signal | null,
) => Promise<void>

/** Limits each step to `timeoutMs`. A step also ends when `closed` or the given signal aborts. */
export function openTimeout(clock: Clock, timeoutMs: number, closed: Signal): WithTimeout {
  return async (step, given) => {
    const over = new AbortController()
    const { signal } = over
    const isGone = () => closed.aborted || given?.aborted
    try {
      const outcome = Promise.race([
        isGone() || step(signal),
        pause(clock, timeoutMs, signal).then(() => {
          throw new ClientError('unavailable')
        }),
      ])
      await unlessAborted(unlessAborted(outcome, given), closed)
    } catch (cause) {
      if (isGone() || cause instanceof ClientError) throw cause
      const { status, headers } = Object(cause) as Partial<Answer>
      throw new ClientError('unavailable', {
        // RFC 9110 §10.2.3 allows seconds or a date. A date would need a wall clock: it counts as absent.
        retryAfterMs: (headers?.get('retry-after') as unknown as number) * 1000 || 0,
        // Only the status of an answer: a program that logs a cause must not log a token.
        cause: status ?? cause,
      })
    } finally {
      over.abort()
    }
  }
}
