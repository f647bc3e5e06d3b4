import type { Sql } from './sql'

/** A row of `sessions`, with the database's column names. Times are epoch milliseconds. */
export interface SessionRow {
  readonly id: string
  readonly generation: number
  readonly branch: number
  readonly parent_branch: number
  readonly issued_at: number
  readonly idle_expires_at: number
  readonly expires_at: number
  readonly revoked_at: number | null
  readonly revoked_reason: string | null
  readonly created_at: number
  readonly user_agent: string
  readonly ip: string
}

export interface EventRow {
  readonly kind: string
  readonly at: number
  readonly session_id: string | null
  readonly detail: string | null
}

/** The database's rows, read beside the server without any code under test. */
export interface Rows {
  /** All sessions of a user, oldest first, ended ones included. */
  sessions(userName: string): SessionRow[]
  /** The only session of a user. @throws Error unless there is exactly one. */
  session(userName: string): SessionRow
  events(userName: string, kind?: string): EventRow[]
}

export function openRows({ all }: Sql): Rows {
  const rows: Rows = {
    sessions: (userName) =>
      all<SessionRow>(
        `SELECT s.* FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE u.name = ? ORDER BY s.created_at, s.id`,
        [userName],
      ),
    session(userName) {
      const [row, ...others] = rows.sessions(userName)
      if (!row || others.length > 0) {
        throw new Error(`${userName} has ${row ? others.length + 1 : 0} sessions instead of one`)
      }
      return row
    },
    events: (userName, kind) =>
      all<EventRow>(
        `SELECT e.kind, e.at, e.session_id, e.detail FROM session_events e JOIN users u ON u.id = e.user_id
         WHERE u.name = ? AND e.kind = coalesce(?, e.kind) ORDER BY e.id`,
        [userName, kind ?? null],
      ),
  }
  return rows
}
