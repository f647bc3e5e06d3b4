import { type SQL, sql } from 'drizzle-orm'
import { type Database, EVENT_AGE_MS, RETIRED_AGE_MS } from '@/db/database'
import { asynchronousCommit } from '../connection/asynchronous-commit'
import type { Connection } from '../connection/connection'
import { EXPIRY_SLOT_MS, expirySlot, sessions } from '../schema'

const $ = sql.placeholder

/**
 * Prepares `Database.prune` as one statement. Rows that another transaction has locked are left for the next round, so
 * several machines can prune at once without waiting.
 */
export function preparePrune({ prepare }: Connection): Database['prune'] {
  // The index knows the slot. The rows of the slot that has begun are looked at one by one.
  const [slot, now] = [expirySlot(sessions), sql`${$('now')}::bigint`]
  const expired = sql`${slot} <= ${now} / ${sql.raw(String(EXPIRY_SLOT_MS))} AND expires_at <= ${now}`
  const prune = prepare<{ count: number }>(
    'prune',
    sql`
      WITH ${gone('gone_sessions', sql`sessions`, sql`id`, slot, expired)},
      ${gone('gone_events', sql`session_events`, sql`id`, sql`at`, sql`at < ${$('eventsBefore')}`)},
      ${gone('gone_limits', sql`rate_limits`, sql`key`, sql`expire`, sql`expire <= ${$('now')}`)},
      ${gone('gone_retired', sql`retired_access_tokens`, sql`jti`, sql`expires_at`, sql`expires_at <= ${$('retiredBefore')}`)}
      SELECT count(*)::int AS count FROM (
        SELECT FROM gone_sessions UNION ALL SELECT FROM gone_events
        UNION ALL SELECT FROM gone_limits UNION ALL SELECT FROM gone_retired
      ) AS gone`,
  )
  return async (now, batch) => {
    const before = { eventsBefore: now - EVENT_AGE_MS, retiredBefore: now - RETIRED_AGE_MS }
    const { rows } = await prune({ now, ...before, batch })
    return rows[0]?.count ?? 0
  }
}

/** A CTE that deletes a batch. The array makes the planner look up each row by its key, whatever the table's statistics say. */
function gone(name: string, table: SQL, key: SQL, age: SQL, isOver: SQL): SQL {
  return sql`${sql.raw(name)} AS (
    DELETE FROM ${table} WHERE ${key} = ANY (ARRAY(
      SELECT ${key} FROM ${table} WHERE ${isOver} ORDER BY ${age} LIMIT ${$('batch')} FOR UPDATE SKIP LOCKED
    ))
    RETURNING ${asynchronousCommit}
  )`
}
