import pg from 'pg'
import { SessionError } from '@/session/errors'

/** The server did not answer in time: what it was asked for may have happened, or may happen yet. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'
}

/** Another transaction was faster, and nothing was changed. */
export class SerializationConflict extends Error {
  override readonly name = 'SerializationConflict'
}

/** The program has closed the database. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
}

/** A value that cannot be stored, or a row that must not be. A key to a row that is gone is none: the next try learns of it. */
const BUG = /^(22|23(?!503))/

/**
 * What may be over at the next try: serialization failures and deadlocks, connections that broke, a server that starts,
 * ends, has no connection or lock to give or has become a standby, and statements that went with a connection or a migration.
 */
const TRANSIENT = /^(40001|40P01|08|57P0|53300|55P03|25006|26000|42P05|0A000)/

/** A certificate that is not trusted, not for this host, or out of date, in the words of OpenSSL and of Node. */
const UNTRUSTED = /CERT|^UNABLE_TO_|^SELF_SIGNED|^HOSTNAME_MISMATCH|_SIGNATURE_FAILURE$/

/** Whether it makes sense to try again at once. */
export function isTransient(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return TRANSIENT.test(error.code ?? '')
  if (error instanceof Error && 'code' in error && UNTRUSTED.test(`${error.code}`)) return false
  return !isOfProgram(error) && !(error instanceof ClosedError)
}

/** Whether the connection can go on, as the server answered on it and has nothing left of the statement. */
export function leavesConnectionSound(error: unknown): boolean {
  if (error instanceof SerializationConflict) return true
  return error instanceof pg.DatabaseError && /^(22|23|40|42P01)/.test(error.code ?? '')
}

/** What to throw for `error`: SessionError `unavailable` if the database failed, `error` itself if the program did. */
export function failureOf(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    // It repeats the row that was refused, a password's hash included.
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
