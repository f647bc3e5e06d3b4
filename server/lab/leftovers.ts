import 'server-only'
import type { Database } from '@/db/database'

/** Every user of a scene has an id that begins so. The ids of people are base64url, which has no dot, so they never do. */
export const LAB_USER_PREFIX = 'lab.'
/** How long the rows of a scene are kept after it began, so that they can be looked at. */
export const KEPT_MS = 60 * 60_000

/** The users of scenes, as `prunePeriodically` prunes them: with their sessions and events, an hour after they were made. */
export function leftovers({ users }: Pick<Database, 'users'>): Pick<Database, 'prune'> {
  return { prune: (now, batch) => users.removeAll(LAB_USER_PREFIX, now - KEPT_MS, batch) }
}
