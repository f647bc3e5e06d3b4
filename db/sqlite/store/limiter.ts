import type Sqlite from 'better-sqlite3'
import { getTableName } from 'drizzle-orm'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterSQLite,
} from 'rate-limiter-flexible'
import type { LimiterOptions } from '@/db/database'
import type { Connection } from '../connection'
import { rateLimits } from '../schema'

/** Makes limiters whose counts every process on this file shares; while the file fails, each counts in its memory. */
export function prepareLimiter(connection: Connection) {
  const storeClient = preparing(connection)
  return (options: LimiterOptions): RateLimiterAbstract =>
    new RateLimiterSQLite({
      ...options,
      storeClient,
      storeType: 'better-sqlite3',
      tableName: getTableName(rateLimits),
      tableCreated: true,
      // Its own cleaning lets a rejection escape, which ends the process, and deletes without a limit: `prune` does it.
      clearExpiredByTimeout: false,
      insuranceLimiter: new RateLimiterMemory(options),
    })
}

/** The library prepares its few statements anew for each call, in a DEFERRED transaction: here once, IMMEDIATE, and patiently. */
function preparing({ client, attempt }: Connection) {
  const statements = new Map<string, Sqlite.Statement>()
  const prepare = (source: string) => {
    const statement = statements.get(source) ?? client.prepare(source)
    statements.set(source, statement)
    return statement
  }
  const transaction = (work: () => unknown) => () => attempt(client.transaction(work).immediate)
  return { prepare, transaction }
}
