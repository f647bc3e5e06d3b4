/** Why a session ended, in the server's words; `unknown` if the contract does not tell. */
export type SignOutReason = 'expired' | 'revoked' | 'reused' | 'signed_out' | 'unknown'

/** Why the client could not carry out a request. */
export type ClientErrorCode =
  /** The session ended, and `reason` says why; null if there was none. Only signing in helps. */
  | 'signed_out'
  /** The server gave no answer that could be understood, within the time that the options allow. The session was not ended. */
  | 'unavailable'
  /** The answer was 401 and the session is renewed, but the body was a stream, which cannot be sent twice. */
  | 'body_not_replayable'
  /** The server refused the user name and password. */
  | 'invalid_credentials'
  /** The client was closed. */
  | 'closed'

/** The error of every call of the client. Only `fetch` throws others: a network error of the program's own request is thrown as it is. */
export class ClientError extends Error {
  /** Why the call failed. */
  declare readonly code: ClientErrorCode
  /** Why the session ended (with `signed_out`); null if there was none. */
  declare readonly reason?: SignOutReason | null
  /** How long to wait before asking again (with `unavailable`), in milliseconds. */
  declare readonly retryAfterMs?: number

  constructor(
    code: ClientErrorCode,
    detail?: { reason?: SignOutReason | null; retryAfterMs?: number; cause?: unknown },
  ) {
    super(code)
    Object.assign(this, { name: 'ClientError', code }, detail)
  }
}
