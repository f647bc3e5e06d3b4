import { getTableName } from 'drizzle-orm'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
} from 'rate-limiter-flexible'
import type { LimiterOptions } from '../database'
import type { Connection } from './connection'
import { rateLimits } from './schema'

/** Makes limiters whose counts every machine shares; while the database fails, each counts in its memory. */
export function prepareLimiter({ query }: Connection) {
  return (options: LimiterOptions): RateLimiterAbstract =>
    new RateLimiterPostgres({
      ...options,
      storeClient: { query },
      storeType: 'client',
      tableName: getTableName(rateLimits),
      tableCreated: true,
      // Its own cleaning deletes without a limit: `prune` does it.
      clearExpiredByTimeout: false,
      insuranceLimiter: new RateLimiterMemory(options),
    })
}
