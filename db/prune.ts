import { setImmediate as breath } from 'node:timers/promises'
import type { EpochMs } from '@/session/store'
import type { Database } from './database'

export interface PruneOptions {
  readonly everyMs: number
  /** Rows of a kind that one statement deletes: 100 block a server for less than 10 ms. */
  readonly batch: number
  /** Ends the pruning. */
  readonly signal: AbortSignal
  /** Told what went wrong. */
  readonly failed: (error: unknown) => void
  readonly now?: () => EpochMs
}

/**
 * Prunes the database every so often, in small batches with room for requests in between.
 * Never throws and never keeps the process alive: what goes wrong is told and tried again the next time.
 */
export function prunePeriodically(
  database: Pick<Database, 'prune'>,
  { everyMs, batch, signal, failed, now = Date.now }: PruneOptions,
): void {
  let timer: NodeJS.Timeout | undefined

  const next = () => {
    if (signal.aborted) return
    timer = setTimeout(sweep, everyMs)
    timer.unref()
  }
  const sweep = async () => {
    try {
      while (!signal.aborted && (await database.prune(now(), batch)) >= batch) await breath()
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
    next()
  }

  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  next()
}
