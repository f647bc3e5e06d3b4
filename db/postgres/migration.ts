import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type pg from 'pg'
import { migrationsFolder } from '../migrations-folder'

/** How long a migration may wait for a table lock: every later statement on the table queues behind it. The start tries again. */
const LOCK_TIMEOUT_MS = 500

/** Reads the migrations from the project's folder. Throws if the folder is missing. */
export function readMigrations(): MigrationMeta[] {
  return readMigrationFiles({ migrationsFolder: migrationsFolder('postgres') })
}

/**
 * Brings the schema up to date, in one transaction. Machines that start together wait for each other, and check again
 * under the lock which migrations are missing. The lock belongs to the transaction, so it also works behind a pooler. If
 * nothing is missing, nothing is locked, and no right to change tables is needed.
 * @throws pg.DatabaseError after a rollback if a statement fails.
 */
export async function migrate(client: pg.Client, migrations: MigrationMeta[]): Promise<void> {
  if ((await findMissing(client, migrations)).length === 0) return
  await client.query('BEGIN')
  try {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('rekindle migrations', 0))`)
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await client.query(
      'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
    )
    for (const { sql, hash, folderMillis } of await findMissing(client, migrations)) {
      for (const statement of sql) await client.query(statement)
      await client.query('INSERT INTO __drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
        hash,
        folderMillis,
      ])
    }
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function findMissing(client: pg.Client, migrations: MigrationMeta[]) {
  const { rows } = await client.query<{ there: boolean }>(
    // In the schema where tables are created: an app in the same database may keep a table of this name in another one.
    `SELECT to_regclass(quote_ident(current_schema()) || '.__drizzle_migrations') IS NOT NULL AS there`,
  )
  if (!rows[0]?.there) return migrations
  const { rows: done } = await client.query<{ last: string | null }>(
    'SELECT max(created_at) AS last FROM __drizzle_migrations',
  )
  const last = Number(done[0]?.last ?? 0)
  return migrations.filter(({ folderMillis }) => folderMillis > last)
}
