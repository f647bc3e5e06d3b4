import type { Clock } from './clock'
import { ClientError } from './errors'
import type { Signal } from './platform'
import { pause } from './wait'

/** A first wait of this at most, twice as much after each failure. */
const BASE_MS = 500
/** Any wait at most, unless the server asks for a longer one. */
const CAP_MS = 10_000

/**
 * Tries until it works, with exponential backoff and full jitter, and never before the server wants to be asked again.
 * What it learned outlives an errand: the next one waits, too. An errand may take `budgetMs` in all.
 */
export function openPatience(clock: Clock, closed: Signal, budgetMs: number) {
  let notBefore = 0
  let failures = 0
  const waitMs = () => notBefore - clock.now()
  return {
    /** How long asking again makes no sense; negative where it does. */
    waitMs,
    /**
     * @throws ClientError `unavailable` when the budget is spent, `closed` when the client is closed.
     */
    async insist<T>(attempt: () => Promise<T>, onFailure?: () => void): Promise<T> {
      const deadline = clock.now() + budgetMs
      let cause: unknown
      while (notBefore <= deadline) {
        if (waitMs() > 0) await pause(clock, waitMs(), closed)
        try {
          const result = await attempt()
          failures = 0
          return result
        } catch (error) {
          if (closed.aborted) throw error
          cause = error
          const jitterMs = Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** failures++)
          notBefore = clock.now() + Math.max((error as ClientError).retryAfterMs || 0, jitterMs)
          onFailure?.()
        }
      }
      throw new ClientError('unavailable', { retryAfterMs: waitMs(), cause })
    },
  }
}
