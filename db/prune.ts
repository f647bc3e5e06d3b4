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

/** How far a pruning that is asked for has come. */
export interface Pruned {
  /** The rows that were deleted. */
  readonly deleted: number
  /** Whether nothing is left; if not, the next one goes on. */
  readonly done: boolean
}

/** Prunes in the same small batches until nothing is left or `forMs` are over. Rejects as `database.prune` does. */
export async function pruneFor(
  database: Pick<Database, 'prune'>,
  { forMs, batch, now = Date.now }: { forMs: number; batch: number; now?: () => EpochMs },
): Promise<Pruned> {
  const deadline = now() + forMs
  let deleted = 0
  for (;;) {
    const rows = await database.prune(now(), batch)
    deleted += rows
    if (rows < batch) return { deleted, done: true }
    if (now() >= deadline) return { deleted, done: false }
    await breath()
  }
}
