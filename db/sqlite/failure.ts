import Sqlite from 'better-sqlite3'
import { SessionError } from '@/session/errors'

const BUG = /^SQLITE_(CONSTRAINT|MISMATCH|MISUSE|RANGE|TOOBIG)/

/** What to throw for `error`: SessionError `unavailable` if the database failed, `error` itself if the program did. */
export function failureOf(error: unknown, client: Sqlite.Database): unknown {
  if (client.open && !(error instanceof Sqlite.SqliteError && isOutage(error.code))) return error
  return new SessionError('unavailable', { retryAfterSeconds: 1, cause: error })
}

/** Whether another process holds a lock, so that trying again makes sense at once. */
export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function isOutage(code: string): boolean {
  // A user who is being removed while they sign in: the next try learns that they are gone.
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || !BUG.test(code)
}
