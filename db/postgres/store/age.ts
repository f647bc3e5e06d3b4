import { sql } from 'drizzle-orm'
import type { Database } from '@/db/database'
import type { Connection } from '../connection/connection'

const $ = sql.placeholder
const ms = sql`${$('ms')}::bigint`

/**
 * Prepares `Database.age` as one statement. It locks as every statement does: the user, then the sessions by id. Two of them for
 * one user take turns, because events have no order in which they could both lock them.
 */
export function prepareAge({ prepare }: Connection): Database['age'] {
  const age = prepare<{ count: number }>(
    'age_sessions',
    sql`
      WITH owner AS (
        SELECT id FROM users WHERE id = ${$('userId')} FOR NO KEY UPDATE
      ), to_age AS (
        SELECT s.id FROM owner o JOIN sessions s ON s.user_id = o.id ORDER BY s.id FOR NO KEY UPDATE OF s
      ), aged AS (
        UPDATE sessions s SET issued_at = issued_at - ${ms}, idle_expires_at = idle_expires_at - ${ms},
          expires_at = expires_at - ${ms}, revoked_at = revoked_at - ${ms}, created_at = created_at - ${ms},
          auth_time = auth_time - ${ms}
        FROM to_age t WHERE s.id = t.id
        RETURNING s.id
      ), aged_events AS (
        UPDATE session_events e SET at = at - ${ms} FROM owner o WHERE e.user_id = o.id
      )
      SELECT count(*)::int AS count FROM aged`,
  )
  return async (userId, ms) => {
    const { rows } = await age({ userId, ms })
    return rows[0]?.count ?? 0
  }
}
