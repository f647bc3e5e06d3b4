import Sqlite from 'better-sqlite3'
import { SessionError } from '@/session/errors'

const BUG = /^SQLITE_(CONSTRAINT|MISMATCH|MISUSE|RANGE|TOOBIG)/

/** The error to throw for `error`: SessionError `unavailable` if the database failed, or `error` itself if it is a bug. */
export function failureOf(error: unknown, client: Sqlite.Database): unknown {
  if (client.open && !(error instanceof Sqlite.SqliteError && isOutage(error.code))) return error
  return new SessionError('unavailable', { retryAfterSeconds: 1, cause: error })
}

/** True if another process holds a lock, so that trying again soon may succeed. */
export function isBusy(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
}

function isOutage(code: string): boolean {
  // A foreign key fails if the user is removed during a sign-in: a retry finds that the user is gone.
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || !BUG.test(code)
}
