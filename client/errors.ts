/** Why a session is over, as the server puts it; `unknown` where its contract does not say. */
export type SignOutReason = 'expired' | 'revoked' | 'reused' | 'signed_out' | 'unknown'

export type ClientErrorCode =
  /** The session is over: `reason` says why. Only signing in helps. */
  | 'signed_out'
  /** The server could not be asked, or could not answer, as long as patience lasted. Nobody was signed out. */
  | 'unavailable'
  /** The answer was 401 and the session is renewed, but the body was a stream, which cannot be sent twice. */
  | 'body_not_replayable'
  | 'invalid_credentials'
  /** The client was closed. */
  | 'closed'

/** A request that this client could not carry out. What the network does to a request of yours is thrown as it is. */
export class ClientError extends Error {
  declare readonly code: ClientErrorCode
  /** Why the session is over (`signed_out`); null where there was none. */
  declare readonly reason?: SignOutReason | null
  /** How long asking again makes no sense (`unavailable`), in milliseconds. */
  declare readonly retryAfterMs?: number

  constructor(
    code: ClientErrorCode,
    detail?: { reason?: SignOutReason | null; retryAfterMs?: number; cause?: unknown },
  ) {
    super(code)
    Object.assign(this, { name: 'ClientError', code }, detail)
  }
}
