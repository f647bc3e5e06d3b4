import 'server-only'
import { type Pruned, pruneUntil } from '@/db/prune'
import { services } from '../composition'

const TIME_LIMIT_MS = 20_000
const BATCH = 100

/**
 * Prunes the database now, for at most 20 s, and says how far it came. It is for platforms on which no process lives long enough
 * to prune periodically.
 * @throws SessionError `unavailable` if the database does not answer.
 */
export async function pruneDatabase(): Promise<Pruned> {
  const { database, clock } = await services()
  const deadline = performance.now() + TIME_LIMIT_MS
  return pruneUntil(() => performance.now() >= deadline, database, { batch: BATCH, now: clock })
}
