import { and, gt, isNull, type Placeholder, type SQL } from 'drizzle-orm'
import { sessions } from '../schema'

/**
 * The SQL condition that a session has neither ended nor expired at `now`. It does not look at the user: the
 * engine also refuses the session of a user who is disabled (`endedCode`).
 */
export function live(now: Placeholder): SQL | undefined {
  return and(isNull(sessions.endedAt), gt(sessions.idleExpiresAt, now), gt(sessions.expiresAt, now))
}
