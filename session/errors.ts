/** Every reason for which a session request can be refused. The compiler checks that the tables from code to status are complete. */
export type SessionErrorCode =
  | 'missing_refresh_token'
  | 'invalid_refresh_token'
  | 'refresh_token_expired'
  | 'refresh_token_replaced'
  | 'refresh_token_reused'
  | 'token_of_another_client'
  | 'missing_access_token'
  | 'invalid_access_token'
  | 'access_token_expired'
  | 'session_unknown'
  | 'user_unknown'
  | 'session_expired'
  | 'session_revoked'
  | 'session_signed_out'
  | 'stale_refresh_token'
  | 'unavailable'

export interface SessionErrorDetail {
  /** Seconds after which trying again makes sense (`unavailable`). */
  readonly retryAfterSeconds?: number
  /** The signed challenge that goes with `stale_refresh_token`. */
  readonly challenge?: string
  readonly cause?: unknown
}

/** A refused request. Anything that is not a SessionError is a bug and becomes a 500. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: SessionErrorCode
  readonly retryAfterSeconds: number | undefined
  readonly challenge: string | undefined

  /** Compares the name, because a bundler may load this module more than once in a process. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'SessionError'
  }

  constructor(code: SessionErrorCode, detail: SessionErrorDetail = {}) {
    super(code, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.code = code
    this.retryAfterSeconds = detail.retryAfterSeconds
    this.challenge = detail.challenge
  }
}
