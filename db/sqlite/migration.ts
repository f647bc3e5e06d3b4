import type Sqlite from 'better-sqlite3'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { migrationsFolder } from '../migrations-folder'

/**
 * Brings the schema up to date. Drizzle's own migrator looks for missing migrations before it begins its transaction, so
 * two processes would both create the tables; this one looks under the write lock.
 * @throws SqliteError if a statement fails; then nothing has changed.
 */
export function migrate(client: Sqlite.Database): void {
  const migrations = readMigrationFiles({ migrationsFolder: migrationsFolder('sqlite') })
  // A migration that rebuilds a table drops the old one, which must not cascade. Within a transaction the pragma has no effect.
  client.pragma('foreign_keys = OFF')
  client
    .transaction(() => {
      client.exec(
        'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at INTEGER)',
      )
      const last = client.prepare('SELECT max(created_at) FROM __drizzle_migrations').pluck().get()
      for (const { sql, hash, folderMillis } of migrations) {
        if (folderMillis <= Number(last ?? 0)) continue
        for (const statement of sql) client.exec(statement)
        client
          .prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)')
          .run(hash, folderMillis)
      }
    })
    .immediate()
  client.pragma('foreign_keys = ON')
}
