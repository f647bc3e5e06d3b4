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

/** Makes limiters with counts that all processes on this file share. While the file fails, each process counts in memory. */
export function prepareLimiter(connection: Connection) {
  const storeClient = preparing(connection)
  return (options: LimiterOptions): RateLimiterAbstract =>
    new RateLimiterSQLite({
      ...options,
      storeClient,
      storeType: 'better-sqlite3',
      tableName: getTableName(rateLimits),
      tableCreated: true,
      // The library's cleaning has an unhandled rejection, which ends the process, and deletes any number of rows at once.
      // `prune` does it instead.
      clearExpiredByTimeout: false,
      insuranceLimiter: new RateLimiterMemory(options),
    })
}

/**
 * A client for the library, which prepares its statements for each call and runs them in a DEFERRED transaction. This one
 * prepares each statement once, and runs them in an IMMEDIATE transaction, with retries.
 */
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
