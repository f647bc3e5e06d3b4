import { sql } from 'drizzle-orm'
import type { Database, DatabaseTimeouts } from '../database'
import { openConnection } from './connection'
import { users } from './schema'
import { prepareAge } from './store/age'
import { prepareLimiter } from './store/limiter'
import { preparePrune } from './store/prune'
import { sqliteSessions } from './store/store'
import { sqliteUsers } from './store/users'

/** Opens the SQLite file as the database, migrated and ready. Throws what the driver throws if it cannot. */
export async function openSqlite(file: string, timeouts?: DatabaseTimeouts): Promise<Database> {
  const connection = await openConnection(file, timeouts)
  const { client, orm, attempt } = connection
  const ping = orm.select({ one: sql`1` }).from(users).limit(1).prepare()

  return {
    sessions: sqliteSessions(connection),
    users: sqliteUsers(connection),
    limiter: prepareLimiter(connection),
    ping: () => attempt(() => void ping.get()),
    // The file is on this machine, so this machine's clock is the database's.
    now: () =>
      attempt(() => {
        ping.get()
        return Date.now()
      }),
    prune: preparePrune(connection),
    age: prepareAge(connection),
    close: async () => void client.close(),
  }
}
