import type { Clock } from './clock'
import { ClientError } from './errors'
import type { Signal } from './platform'
import { BASE_MS, CAP_MS } from './timing'
import { pause } from './wait'

/**
 * Tries until it works, with exponential backoff and full jitter, and never before the server wants to be asked again.
 * What it learned outlives an errand: the next one waits, too. An errand may take `budgetMs` in all.
 */
export function openPatience(
  clock: Clock,
  closed: Signal,
  budgetMs: number,
  given?: Signal | null,
) {
  let notBefore = 0
  let failures = 0
  const remainingMs = () => notBefore - clock.now()
  return {
    /** How long it still makes no sense to ask again; negative where it does. */
    remainingMs,
    /**
     * @throws ClientError `unavailable` when the budget is spent, `closed` when the client is closed; the reason of the given signal.
     */
    async insist(attempt: () => Promise<void>, onFailure?: () => void): Promise<void> {
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
