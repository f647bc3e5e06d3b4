import type { SessionErrorCode } from '@/session/errors'
import type { SignInReason } from '../address/return-path'

/** A failed request, before a contract puts it into its own words. */
export interface Failure {
  /** The status and the code that the canonical contract has for it. */
  readonly status: number
  readonly code: string
  /** A sentence for people. Never contains what was sent. */
  readonly message: string
  /** What the session rules said, where it was they who refused. */
  readonly refusal?: SessionErrorCode | undefined
  /** Why the session is over, for the sign-in page. */
  readonly reason?: SignInReason | undefined
  /** The signed challenge that a stale token of a jar is answered with. */
  readonly challenge?: string | undefined
}

/** `{"error": {"code", "message", "status"}}`, with the reason where a session is over. */
export function errorBody({ code, message, status, reason }: Failure) {
  return { error: { code, message, status, ...(reason === undefined ? {} : { reason }) } }
}
