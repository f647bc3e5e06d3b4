import { type SQL, sql } from 'drizzle-orm'

/**
 * The SQL condition that the session `s` has neither ended nor expired at the parameter `now`. It does not look at the user: the
 * engine also refuses the session of a user who is disabled (`endedCode`).
 */
export function live(): SQL {
  const now = sql.placeholder('now')
  return sql`(s.revoked_at IS NULL AND s.idle_expires_at > ${now} AND s.expires_at > ${now})`
}
