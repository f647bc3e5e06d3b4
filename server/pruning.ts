import 'server-only'
import { type Pruned, pruneFor } from '@/db/prune'
import { rekindle } from './sessions'

const FOR_MS = 20_000
const BATCH = 100

/** Prunes the database now, for at most 20 s: where no process lives long enough to do it by itself. */
export async function pruneDatabase(): Promise<Pruned> {
  const { database } = await rekindle()
  return pruneFor(database, { forMs: FOR_MS, batch: BATCH })
}
