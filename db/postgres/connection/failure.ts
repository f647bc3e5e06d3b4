import pg from 'pg'
import { SessionError } from '@/session/errors'

/** The server did not answer in time. The statement may have been carried out, or may still be. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** Another transaction was faster. Nothing was changed. */
export class SerializationConflict extends Error {
  override readonly name = 'SerializationConflict'
}

/** The program has closed the database. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
}

/** SQLSTATE of a value or a row that the schema refuses. A foreign key to a deleted row (23503) is excluded: a retry finds the row gone. */
const BUG = /^(22|23(?!503))/

/**
 * SQLSTATE of failures that a retry may not meet again: serialization failures and deadlocks, broken connections, a server
 * that starts, stops, has no connection or lock to give or has become a standby, and prepared statements that were lost with
 * a connection or invalidated by a migration.
 */
const TRANSIENT = /^(40001|40P01|08|57P0|53300|55P03|25006|26000|42P05|0A000)/

/** Codes of OpenSSL and Node for a certificate that is not trusted, not valid for this host, or expired. */
const UNTRUSTED = /CERT|^UNABLE_TO_|^SELF_SIGNED|^HOSTNAME_MISMATCH|_SIGNATURE_FAILURE$/

/** True if trying again at once may succeed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return TRANSIENT.test(error.code ?? '')
  if (error instanceof Error && 'code' in error && UNTRUSTED.test(`${error.code}`)) return false
  return !isOfProgram(error) && !(error instanceof ClosedError)
}

/** True if the connection can be used again: the server answered, and nothing of the statement is left on it. */
export function leavesConnectionSound(error: unknown): boolean {
  if (error instanceof SerializationConflict) return true
  return error instanceof pg.DatabaseError && /^(22|23|40|42P01)/.test(error.code ?? '')
}

/** The error to throw for `error`: SessionError `unavailable` if the database failed, or `error` itself if it is a bug. */
export function failureOf(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    // The detail repeats the refused row, including a password hash.
    error.detail = undefined
    if (BUG.test(error.code ?? '')) return error
  } else if (isOfProgram(error)) return error
  return new SessionError('unavailable', { retryAfterSeconds: 1, cause: error })
}

function isOfProgram(error: unknown): boolean {
  return (
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
  )
}
