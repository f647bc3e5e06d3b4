import type { Clock } from './clock'
import { ClientError } from './errors'
import type { Answer } from './exchange'
import type { Signal } from './platform'
import { pause, unlessAborted } from './wait'

/** Runs a step that may fail in any way, or never end. */
export type Limited = (
  step: (signal: Signal) => Promise<void>,
  given?: Signal | null,
) => Promise<void>

/**
 * A step is over after `timeoutMs`, or when `closed` or the given signal aborts; its own signal aborts when nobody waits for it
 * any more.
 * @throws ClientError `unavailable` where the step failed, took too long, or threw an answer that makes no sense: nobody is signed out
 * by it, whatever it is; else the reason of who aborted.
 */
export function openLimit(clock: Clock, timeoutMs: number, closed: Signal): Limited {
  return async (step, given) => {
    const over = new AbortController()
    const { signal } = over
    const isGone = () => closed.aborted || given?.aborted
    try {
      const tooLong = pause(clock, timeoutMs, signal).then(() => {
        throw new ClientError('unavailable')
      })
      const outcome = Promise.race([isGone() || step(signal), tooLong])
      await unlessAborted(unlessAborted(outcome, given), closed)
    } catch (cause) {
      if (isGone() || cause instanceof ClientError) throw cause
      const { status, headers } = Object(cause) as Partial<Answer>
      throw new ClientError('unavailable', {
        // In seconds; a date would need a clock, and counts as nothing.
        retryAfterMs: (headers?.get('retry-after') as unknown as number) * 1000 || 0,
        // Of an answer no more than that: who logs a cause logs no token.
        cause: status ?? cause,
      })
    } finally {
      over.abort()
    }
  }
}
