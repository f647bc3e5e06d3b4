import type { AppServer } from './server'

/** What a test does to the database behind the server's back. */

/** Lets `ms` pass for a person's sessions since their tokens were last issued. */
export function passTime(server: AppServer, userName: string, ms: number): void {
  server.sql.run(
    'UPDATE sessions SET issued_at = issued_at - ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
    [ms, userName],
  )
}

/** The same for one session, by its id. */
export function passSessionTime(server: AppServer, id: string, ms: number): void {
  server.sql.run('UPDATE sessions SET issued_at = issued_at - ? WHERE id = ?', [ms, id])
}

/** Lets `ms` pass since a person last proved the password, in each session. */
export function passTimeSinceSignIn(server: AppServer, userName: string, ms: number): void {
  server.sql.run(
    'UPDATE sessions SET auth_time = auth_time - ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
    [ms, userName],
  )
}

/** Lets the end of a person's sessions come, while their tokens still have time left. */
export function expireSessions(server: AppServer, userName: string): void {
  server.sql.run(
    'UPDATE sessions SET idle_expires_at = ?, expires_at = ? WHERE user_id = (SELECT id FROM users WHERE name = ?)',
    [Date.now(), Date.now(), userName],
  )
}

/** Takes the sessions away, as a failing disk or a botched migration would. Returns the way to bring them back. */
export function takeSessionsAway(server: AppServer): () => void {
  const rename = (from: string, to: string) => server.sql.run(`ALTER TABLE ${from} RENAME TO ${to}`)
  rename('sessions', 'sessions_away')
  return () => rename('sessions_away', 'sessions')
}
