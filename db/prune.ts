import { setImmediate as breath } from 'node:timers/promises'
import type { EpochMs } from '@/session/time'
import type { Database } from './database'

export interface PruneOptions {
  readonly everyMs: number
  /** Rows of a kind that one statement deletes: 100 block a server for less than 10 ms. */
  readonly batch: number
  /** Ends the pruning. */
  readonly signal: AbortSignal
  /** Told what went wrong. */
  readonly failed: (error: unknown) => void
  /** The clock that the rows were written by. */
  readonly now: () => EpochMs
}

/** How far a pruning has come. */
export interface Pruned {
  /** The rows that were deleted. */
  readonly deleted: number
  /** Whether nothing is left; if not, the next one goes on. */
  readonly done: boolean
}

/** Prunes in small batches, with room for requests in between, until nothing is left or it is enough. Rejects as `database.prune` does. */
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
    await breath()
  }
}

/**
 * Prunes the database every so often, until nothing is left.
 * Never throws and never keeps the process alive: what goes wrong is told and tried again the next time.
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
