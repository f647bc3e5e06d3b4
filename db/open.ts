import type { Database } from './database'
import { openSqlite } from './sqlite/database'
import { sqliteFile } from './sqlite/location'

/** Opens the database that DATABASE_URL names, migrated and ready. Throws an Error that names the variable. */
export async function openDatabase(url: string): Promise<Database> {
  if (/^postgres(ql)?:/.test(url)) {
    throw new Error('DATABASE_URL: PostgreSQL is not built yet; use file:…, for SQLite')
  }
  if (!url.startsWith('file:')) {
    throw new Error('DATABASE_URL: must begin with file: (SQLite) or postgres:// (PostgreSQL)')
  }
  const file = sqliteFile(url)
  try {
    return await openSqlite(file)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`DATABASE_URL: cannot open ${file}: ${why}`, { cause })
  }
}
