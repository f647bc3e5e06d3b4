import { ClientError } from '../errors'
import type { Signal } from '../platform'
import type { Clock } from './clock'
import { BASE_MS, CAP_MS } from './timing'
import { pause } from './wait'

/**
 * Runs a task until it succeeds, with exponential backoff and full jitter, and never before a `Retry-After` is over. What a run
 * learned about the server outlives it: the next run waits, too.
 * @param closed Ends a wait, and lets no further attempt follow a failure.
 * @param budgetMs How long one run may go on trying.
 * @param given A caller's signal: if it aborted, no further attempt follows a failure.
 */
export function openRetry(clock: Clock, closed: Signal, budgetMs: number, given?: Signal | null) {
  let notBefore = 0
  let failures = 0
  const remainingMs = () => notBefore - clock.now()
  return {
    /** How long no attempt is allowed yet, in milliseconds; negative if one is allowed. */
    remainingMs,
    /**
     * @param onFailure Called after each failure that another attempt may follow.
     * @throws ClientError `unavailable` if the budget is spent, `closed` if the client was closed; what the attempt threw if a signal
     * aborted.
     */
    async run(attempt: () => Promise<void>, onFailure?: () => void): Promise<void> {
      const deadline = clock.now() + budgetMs
      let cause: unknown
      while (notBefore <= deadline) {
        if (remainingMs() > 0) await pause(clock, remainingMs(), closed)
        try {
          await attempt()
          failures = 0
          return
        } catch (error) {
          if (closed.aborted || given?.aborted) throw error
          cause = error
          const jitterMs = Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** failures++)
          notBefore = clock.now() + Math.max((error as ClientError).retryAfterMs || 0, jitterMs)
          onFailure?.()
        }
      }
      throw new ClientError('unavailable', { retryAfterMs: remainingMs(), cause })
    },
  }
}
