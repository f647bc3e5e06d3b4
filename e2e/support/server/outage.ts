import Sqlite from 'better-sqlite3'
import { takeSessionsAway } from './database'
import type { AppServer } from './server'

// Outages of a refresh, wherever the gate runs.

/**
 * Makes every refresh fail, with a `Retry-After` of one second: between middleware and the refresh route, or, where there is no
 * such hop, at the database. Returns a function that repairs it.
 */
export function failRefreshes(server: AppServer): () => void {
  if (server.gate === 'in-process') return takeSessionsAway(server)
  const headers = { 'retry-after': '1' }
  return server.inner.when({ path: '/api/auth/refresh' }, { kind: 'answer', status: 503, headers })
}

/** Locks a SQLite database against writes, as a backup or a command may: reads are served, and a rotation waits. Returns what unlocks it. */
export function lockWrites({ databaseUrl }: AppServer): () => void {
  const other = new Sqlite(databaseUrl.slice('file:'.length))
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}
