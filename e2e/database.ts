import Sqlite from 'better-sqlite3'
import type { AppServer } from './server'

/** What a test does to the database behind the server's back. */

/** Lets `ms` pass for a person's sessions since their tokens were last issued. */
export function passTime(server: AppServer, userName: string, ms: number): void {
  write(server, (database) =>
    database
      .prepare(
        'UPDATE sessions SET issued_at = issued_at - ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
      )
      .run(ms, userName),
  )
}

/** Lets the end of a person's sessions come, while their tokens still have time left. */
export function expireSessions(server: AppServer, userName: string): void {
  write(server, (database) =>
    database
      .prepare(
        'UPDATE sessions SET idle_expires_at = ?, expires_at = ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
      )
      .run(Date.now(), Date.now(), userName),
  )
}

/** Takes the sessions away, as a failing disk or a botched migration would. Returns the way to bring them back. */
export function takeSessionsAway(server: AppServer): () => void {
  const rename = (from: string, to: string) =>
    write(server, (database) => database.exec(`ALTER TABLE ${from} RENAME TO ${to}`))
  rename('sessions', 'sessions_away')
  return () => rename('sessions_away', 'sessions')
}

function write(server: AppServer, statement: (database: Sqlite.Database) => unknown): void {
  const database = new Sqlite(server.databaseFile, { timeout: 5000 })
  try {
    statement(database)
  } finally {
    database.close()
  }
}
