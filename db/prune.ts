import { setImmediate as yieldToRequests } from 'node:timers/promises'
import type { EpochMs } from '@/session/time'
import type { Database } from './database'

/** How the database is pruned. */
export interface PruneOptions {
  /** The pause between two rounds, in milliseconds. */
  readonly everyMs: number
  /** How many rows of a kind one statement deletes. On SQLite, 100 rows block the process for less than 10 ms. */
  readonly batch: number
  /** Stops the pruning when it aborts. */
  readonly signal: AbortSignal
  /** Called with the error of a round that failed. */
  readonly failed: (error: unknown) => void
  /** The clock by which the rows were written. */
  readonly now: () => EpochMs
}

/** The result of `pruneUntil`. */
export interface Pruned {
  /** How many rows were deleted. */
  readonly deleted: number
  /** True if nothing is left to delete. */
  readonly done: boolean
}

/**
 * Prunes batch by batch until nothing is left or `isEnough` returns true. Requests run between two batches.
 * @throws SessionError `unavailable`, as a rejection, if the database fails.
 */
export async function pruneUntil(
  isEnough: () => boolean,
  database: Pick<Database, 'prune'>,
  { batch, now }: Pick<PruneOptions, 'batch' | 'now'>,
): Promise<Pruned> {
  let deleted = 0
  for (;;) {
    const rows = await database.prune(now(), batch)
    deleted += rows
    if (rows < batch) return { deleted, done: true }
    if (isEnough()) return { deleted, done: false }
    await yieldToRequests()
  }
}

/**
 * Prunes the database every `everyMs`, each time until nothing is left. The timer does not keep the process alive. An
 * error goes to `failed`, and the next round tries again.
 */
export function prunePeriodically(
  database: Pick<Database, 'prune'>,
  { everyMs, batch, signal, failed, now }: PruneOptions,
): void {
  let timer: NodeJS.Timeout | undefined

  const next = () => {
    if (signal.aborted) return
    timer = setTimeout(sweep, everyMs)
    timer.unref()
  }
  const sweep = async () => {
    try {
      await pruneUntil(() => signal.aborted, database, { batch, now })
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
    next()
  }

  signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  next()
}
