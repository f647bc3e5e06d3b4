import { type SQL, sql } from 'drizzle-orm'
import type { SessionStore } from '@/session/store'
import type { Connection } from '../connection/connection'
import { EVENT, INTO_EVENTS } from './events'
import { live } from './live-sessions'

const $ = sql.placeholder

/**
 * Two CTEs that end the live sessions of every user in `owner`, except the one that is kept, and return them as `ended`.
 * The sessions are locked in the order of their ids, after their user. Every statement locks in this order, so two
 * statements never wait for each other.
 */
export function endingAllOf(owner: 'owner' | 'locked_user', reason: SQL): SQL {
  return sql`
    to_end AS (
      SELECT s.id FROM ${sql.raw(owner)} o JOIN sessions s ON s.user_id = o.id
      WHERE ${live()} AND s.id IS DISTINCT FROM ${$('kept')}
      ORDER BY s.id FOR NO KEY UPDATE OF s
    ), ended AS (
      UPDATE sessions s SET revoked_at = ${$('now')}, revoked_reason = ${reason}
      FROM to_end d WHERE s.id = d.id
      RETURNING s.id, s.user_id, s.revoked_reason
    )`
}

/** Selects an `ended` event for each row of the CTE `ended`. */
export const EVENTS_OF_ENDED: SQL = sql`
  SELECT 'ended', ${$('now')}::bigint, id, user_id, ${$('address')}::text, ${$('userAgent')}::text, revoked_reason
  FROM ended`

/** Prepares the verbs that end sessions, each as one statement. */
export function prepareEndings({ prepare }: Connection): Pick<SessionStore, 'end' | 'endAll'> {
  const end = prepare<{ ended: boolean; ours: boolean }>(
    'end_session',
    sql`
      WITH owner AS (
        SELECT u.id FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${$('id')}
        FOR KEY SHARE OF u
      ), ended AS (
        UPDATE sessions s SET revoked_at = ${$('at')}, revoked_reason = ${$('reason')} FROM owner o
        WHERE s.id = ${$('id')} AND s.user_id = o.id AND s.revoked_at IS NULL
          AND (${$('ofUser')}::text IS NULL OR s.user_id = ${$('ofUser')})
          AND (${$('generation')}::int IS NULL OR s.generation = ${$('generation')})
          AND (${$('branch')}::int IS NULL OR s.branch = ${$('branch')})
        RETURNING s.id
      ), inserted_events AS (
        INSERT INTO ${INTO_EVENTS} SELECT ${EVENT} FROM ended
      )
      SELECT EXISTS (SELECT FROM ended) AS ended, EXISTS (
        SELECT FROM sessions
        WHERE id = ${$('id')} AND revoked_at = ${$('at')} AND revoked_reason = ${$('reason')}
      ) AS ours`,
  )
  const endAll = prepare<{ count: number }>(
    'end_sessions_of_user',
    sql`
      WITH owner AS (
        SELECT id FROM users WHERE id = ${$('userId')} FOR KEY SHARE
      ), ${endingAllOf('owner', sql`${$('reason')}`)}, inserted_events AS (
        INSERT INTO ${INTO_EVENTS} ${EVENTS_OF_ENDED}
      )
      SELECT count(*)::int AS count FROM ended`,
  )

  return {
    async end(id, reason, event, { userId, at } = {}) {
      const where = { ofUser: userId ?? null, generation: at?.generation ?? null }
      const values = { ...event, id, reason, ...where, branch: at?.branch ?? null }
      const { rows, isRepeated } = await end(values)
      const { ended = false, ours = false } = rows[0] ?? {}
      return ended || (isRepeated && ours)
    },
    async endAll(userId, reason, now, { address, userAgent, except }) {
      const { rows } = await endAll({ userId, reason, now, address, userAgent, kept: except })
      return rows[0]?.count ?? 0
    },
  }
}
