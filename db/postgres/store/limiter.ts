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

/** Numbers from here on are times: no count comes near. */
const FIRST_TIME: EpochMs = 1e12

/** Makes limiters whose counts every machine shares; while the database fails, each counts in its memory. */
export function prepareLimiter({ query }: Connection) {
  return ({ now = Date.now, ...options }: LimiterOptions): RateLimiterAbstract =>
    new RateLimiterPostgres({
      ...options,
      storeClient: { query: inTimeOfRows(query, now) },
      storeType: 'client',
      tableName: getTableName(rateLimits),
      tableCreated: true,
      // Its own cleaning deletes without a limit: `prune` does it.
      clearExpiredByTimeout: false,
      insuranceLimiter: new RateLimiterMemory(options),
    })
}

/**
 * The library reads the clock of this machine, and other machines have others. So each time that it writes or compares is
 * moved to the time of the rows, and each that it reads is moved back.
 */
function inTimeOfRows(query: Connection['query'], now: () => EpochMs): Connection['query'] {
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
