import type { EpochMs } from '@/session/time'
import type { Database } from '../database'
import { openConnection, type PostgresOptions } from './connection/connection'
import { prepareAge } from './store/age'
import { prepareLimiter } from './store/limiter'
import { preparePrune } from './store/prune'
import { postgresSessions } from './store/store'
import { postgresUsers } from './store/users'

/** The time at which the statement began. `now()` would be the time at which its transaction began. */
const NOW = 'SELECT (extract(epoch FROM statement_timestamp()) * 1000)::float8 AS now'

/** Opens the PostgreSQL database that `url` names, migrated and ready. Throws what the driver throws if it cannot. */
export async function openPostgres(url: string, options?: PostgresOptions): Promise<Database> {
  const connection = await openConnection(url, options)
  return {
    sessions: postgresSessions(connection),
    users: postgresUsers(connection),
    limiter: prepareLimiter(connection),
    ping: async () =>
      void (await connection.query({ name: 'ping', text: 'SELECT FROM users LIMIT 1' })),
    now: async () => (await connection.query({ name: 'now', text: NOW })).rows[0].now as EpochMs,
    prune: preparePrune(connection),
    age: prepareAge(connection),
    pool: connection.count,
    close: connection.close,
  }
}
