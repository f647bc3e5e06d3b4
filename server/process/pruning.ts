import 'server-only'
import { type Pruned, pruneUntil } from '@/db/prune'
import { services } from '../composition'

const FOR_MS = 20_000
const BATCH = 100

/** Prunes the database now, for at most 20 s: where no process lives long enough to do it by itself. */
export async function pruneDatabase(): Promise<Pruned> {
  const { database, clock } = await services()
  const deadline = performance.now() + FOR_MS
  return pruneUntil(() => performance.now() >= deadline, database, { batch: BATCH, now: clock })
}
