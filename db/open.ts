import type { Database } from './database'
import type { PostgresOptions } from './postgres/connection/connection'
import { sqliteFile } from './sqlite/location'

/**
 * Opens the database that DATABASE_URL names, migrated and ready. The engine is imported here because the other one may
 * not be installed.
 * @throws Error that names DATABASE_URL if the URL is malformed or the database cannot be opened.
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

/** The host, port and database of a `postgres:` URL: all of it that may be shown. */
function postgresPlace(url: string): string {
  if (!URL.canParse(url))
    throw new Error('DATABASE_URL: is not a URL: postgres://user:password@host:5432/database')
  const { host, pathname } = new URL(url)
  return `PostgreSQL at ${host}${pathname}`
}

async function opened(place: string, opening: Promise<Database>): Promise<Database> {
  try {
    return await opening
  } catch (cause) {
    // A connection that is refused over both IPv4 and IPv6 fails with a code and no message.
    const { message, code } = Object(cause) as { message?: string; code?: string }
    const why = message || code || String(cause)
    throw new Error(`DATABASE_URL: cannot open ${place}: ${why}`, { cause })
  }
}
