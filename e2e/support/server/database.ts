import type { AppServer } from './server'

// Changes that a test makes to the database beside the server.

/** Makes the last tokens of one session `ms` older. */
export function passSessionTime(server: AppServer, id: string, ms: number): void {
  server.sql.run('UPDATE sessions SET issued_at = issued_at - ? WHERE id = ?', [ms, id])
}

/** Moves a user's last password check `ms` into the past, in each session, and nothing else of them. */
export function passTimeSinceSignIn(server: AppServer, userName: string, ms: number): void {
  server.sql.run(
    'UPDATE sessions SET auth_time = auth_time - ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
    [ms, userName],
  )
}

/** Expires a user's sessions now, while their tokens are still valid. They expire for lack of use, so the server's periodic pruning leaves the rows in place. */
export function expireSessions(server: AppServer, userName: string): void {
  server.sql.run(
    'UPDATE sessions SET idle_expires_at = ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
    [Date.now(), userName],
  )
}

/** Renames the sessions table, as a failed migration might. Returns a function that restores it. */
export function takeSessionsAway(server: AppServer): () => void {
  const rename = (from: string, to: string) => server.sql.run(`ALTER TABLE ${from} RENAME TO ${to}`)
  rename('sessions', 'sessions_away')
  return () => rename('sessions_away', 'sessions')
}
