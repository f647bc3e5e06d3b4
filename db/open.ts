import type { Database } from './database'
import type { PostgresOptions } from './postgres/connection/connection'
import { postgresPlace } from './postgres/location'
import { sqliteFile } from './sqlite/location'

/**
 * Opens the database that DATABASE_URL names, migrated and ready. Throws an Error that names the variable.
 * An engine is loaded when it is asked for: the other may not even be installed.
 */
export async function openDatabase(url: string, options?: PostgresOptions): Promise<Database> {
  if (/^postgres(ql)?:\/\//.test(url)) {
    const place = postgresPlace(url)
    const { openPostgres } = await import('./postgres/database')
    return opened(place, openPostgres(url, options))
  }
  if (!url.startsWith('file:')) {
    throw new Error('DATABASE_URL: must begin with file: (SQLite) or postgres:// (PostgreSQL)')
  }
  const file = sqliteFile(url)
  const { openSqlite } = await import('./sqlite/database')
  return opened(file, openSqlite(file, options))
}

async function opened(place: string, opening: Promise<Database>): Promise<Database> {
  try {
    return await opening
  } catch (cause) {
    // An address that was refused over IPv4 and IPv6 has a code and no message.
    const { message, code } = Object(cause) as { message?: string; code?: string }
    const why = message || code || String(cause)
    throw new Error(`DATABASE_URL: cannot open ${place}: ${why}`, { cause })
  }
}
