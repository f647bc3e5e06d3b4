import { type SQL, sql } from 'drizzle-orm'
import { type Database, EVENT_AGE_MS, RETIRED_AGE_MS } from '@/db/database'
import { asynchronousCommit } from '../connection/asynchronous-commit'
import type { Connection } from '../connection/connection'

const $ = sql.placeholder

/**
 * Prepares `Database.prune` as one statement. Rows that another transaction has locked are left for the next round, so
 * several machines can prune at once without waiting.
 */
export function preparePrune({ prepare }: Connection): Database['prune'] {
  const prune = prepare<{ count: number }>(
    'prune',
    sql`
      WITH ${gone('gone_sessions', sql`sessions`, sql`id`, sql`expires_at`, sql`<= ${$('now')}`)},
      ${gone('gone_events', sql`session_events`, sql`id`, sql`at`, sql`< ${$('eventsBefore')}`)},
      ${gone('gone_limits', sql`rate_limits`, sql`key`, sql`expire`, sql`<= ${$('now')}`)},
      ${gone('gone_retired', sql`retired_access_tokens`, sql`jti`, sql`expires_at`, sql`<= ${$('retiredBefore')}`)}
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
      SELECT ${key} FROM ${table} WHERE ${age} ${isOver} ORDER BY ${age} LIMIT ${$('batch')} FOR UPDATE SKIP LOCKED
    ))
    RETURNING ${asynchronousCommit}
  )`
}
