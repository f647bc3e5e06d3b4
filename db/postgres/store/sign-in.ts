import { type SQL, sql } from 'drizzle-orm'
import type { SessionStore } from '@/session/store'
import type { Connection } from '../connection/connection'
import { EVENTS_OF_ENDED } from './endings'
import { INTO_EVENTS } from './events'
import { live } from './live-sessions'

const $ = sql.placeholder

/**
 * A CTE `locked_user` that updates the user's row by `assignment` and returns it, or returns nothing if another transaction
 * changed the row after this statement's snapshot. A statement that counts the user's sessions must see them all, and only
 * a new snapshot does. The update changes the row's xmin, so that a concurrent statement notices this one.
 */
export const lockUnchangedUser = (assignment: SQL, condition: SQL) => sql`
  locked_user AS (
    UPDATE users SET ${assignment}
    WHERE id = ${$('userId')} AND ${condition}
      AND xmin = (SELECT seen.xmin FROM users seen WHERE seen.id = ${$('userId')})
    RETURNING id
  )`

/**
 * Prepares a sign-in, with the sessions that it ends, as one statement. It and a concurrent change of the password are
 * serialized on the user's row.
 */
export function prepareSignIn({ prepare }: Connection): SessionStore['create'] {
  // The locks are taken in this order: the user, the owner of the replaced session, sessions in the order of their ids.
  const proven = sql`
    (${$('passwordHash')}::text IS NULL OR password_hash = ${$('passwordHash')}) AND disabled_at IS NULL`
  const create = prepare<{ added: boolean; there: boolean; pending: boolean }>(
    'create_session',
    sql`
      WITH ${lockUnchangedUser(sql`verified = verified`, proven)}, added AS (
        INSERT INTO sessions
          (id, user_id, created_at, issued_at, auth_time, idle_expires_at, expires_at, user_agent, ip)
        SELECT ${$('id')}, locked_user.id, ${$('now')}::bigint, ${$('now')}::bigint, ${$('now')}::bigint,
          ${$('idleExpiresAt')}::bigint, ${$('expiresAt')}::bigint, ${$('userAgent')}, ${$('address')}
        FROM locked_user
        ON CONFLICT (id) DO NOTHING
        RETURNING id, user_id
      ), owner AS (
        SELECT u.id FROM added CROSS JOIN sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ${$('replaces')} AND u.id <> added.user_id
        FOR KEY SHARE OF u
      ), candidates AS (
        SELECT ${$('replaces')}::text AS id, 'replaced' AS reason
        UNION ALL
        SELECT id, 'over_limit' FROM (
          SELECT s.id FROM sessions s
          WHERE s.user_id = ${$('userId')} AND ${live()} AND s.id IS DISTINCT FROM ${$('replaces')}
          ORDER BY s.issued_at DESC, s.created_at DESC OFFSET ${$('kept')}
        ) AS over_limit
      ), to_end AS (
        SELECT s.id, c.reason
        FROM added LEFT JOIN owner ON true CROSS JOIN candidates c JOIN sessions s ON s.id = c.id
        WHERE s.user_id IN (added.user_id, owner.id) AND ${live()}
        ORDER BY s.id FOR NO KEY UPDATE OF s
      ), ended AS (
        UPDATE sessions s SET revoked_at = ${$('now')}, revoked_reason = d.reason
        FROM to_end d WHERE s.id = d.id
        RETURNING s.id, s.user_id, s.revoked_reason
      ), inserted_events AS (
        INSERT INTO ${INTO_EVENTS}
        SELECT 'signed_in', ${$('now')}::bigint, id, user_id, ${$('address')}, ${$('userAgent')}, NULL FROM added
        UNION ALL ${EVENTS_OF_ENDED}
      )
      SELECT EXISTS (SELECT FROM added) AS added,
        EXISTS (SELECT FROM sessions WHERE id = ${$('id')}) AS there,
        EXISTS (SELECT FROM users WHERE id = ${$('userId')} AND ${proven}) AS pending`,
  )

  return async (session, { replaces, maxLive }) => {
    const { id, createdAt: now } = session
    const values = {
      ...session,
      now,
      replaces: replaces === id ? null : replaces,
      kept: maxLive - 1,
    }
    const { rows } = await create(
      values,
      ({ added, there, pending }) => !added && !there && pending,
    )
    const [{ added, there } = { added: false, there: false }] = rows
    return added || there
  }
}
