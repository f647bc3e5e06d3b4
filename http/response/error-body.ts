import type { SessionErrorCode } from '@/session/errors'
import type { SignInReason } from '../address/return-path'
import type { ErrorCode } from '../wire'

/** A failed request, before a contract writes it in its own format. */
export interface Failure {
  /** The status and the code of the canonical contract. */
  readonly status: number
  readonly code: ErrorCode
  /** A sentence for people. Never contains what was sent. */
  readonly message: string
  /** The code of the SessionError, if the session rules refused the request. */
  readonly refusal?: SessionErrorCode | undefined
  /** Why the session is over, for the sign-in page. */
  readonly reason?: SignInReason | undefined
  /** The signed challenge for a stale token of a jar. */
  readonly challenge?: string | undefined
}

/** The body `{"error": {"code", "message", "status"}}`, with a `reason` if the session is over. */
export function errorBody({ code, message, status, reason }: Failure) {
  return { error: { code, message, status, ...(reason === undefined ? {} : { reason }) } }
}

/** The failure of a request that another site sent. */
export function crossSiteFailure(appOrigin: string): Failure {
  const message = `This request came from another site than ${appOrigin}`
  return { status: 403, code: 'CROSS_SITE_REQUEST', message }
}

/** The failure of a request that could not be answered now. Its tokens are kept. */
export const UNAVAILABLE: Failure = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'Temporarily unavailable; nothing was changed, try again',
}
