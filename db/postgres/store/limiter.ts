import { getTableName } from 'drizzle-orm'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
} from 'rate-limiter-flexible'
import type { LimiterOptions } from '@/db/database'
import type { EpochMs } from '@/session/time'
import type { Connection } from '../connection/connection'
import { rateLimits } from '../schema'

/** Numbers above this are times, because no count comes near. */
const FIRST_TIME: EpochMs = 1e12

/** Makes limiters with counts that all machines share. While the database fails, each machine counts in memory. */
export function prepareLimiter({ query }: Connection) {
  return ({ now = Date.now, ...options }: LimiterOptions): RateLimiterAbstract =>
    new RateLimiterPostgres({
      ...options,
      storeClient: { query: inDatabaseTime(query, now) },
      storeType: 'client',
      tableName: getTableName(rateLimits),
      tableCreated: true,
      // The library's cleaning deletes any number of rows at once. `prune` does it in batches.
      clearExpiredByTimeout: false,
      insuranceLimiter: new RateLimiterMemory(options),
    })
}

/**
 * Translates times between this machine's clock, which the library reads, and the database's, which all machines share:
 * forward in each value that is sent, and back in each row that is read.
 */
function inDatabaseTime(query: Connection['query'], now: () => EpochMs): Connection['query'] {
  return async (sent) => {
    const ahead = now() - Date.now()
    const values = sent.values?.map((value) =>
      typeof value === 'number' && value > FIRST_TIME ? value + ahead : value,
    )
    const answer = await query(values ? { ...sent, values } : sent)
    const rows = answer.rows.map((row) =>
      row.expire == null ? row : { ...row, expire: Number(row.expire) - ahead },
    )
    return { ...answer, rows }
  }
}
