import 'server-only'
import type { SignInReason } from '@/http/address/return-path'
import { type Failure, UNAVAILABLE } from '@/http/response/error-body'
import type { ErrorCode } from '@/http/wire'
import { SessionError, type SessionErrorCode } from '@/session/errors'
import { report } from '../telemetry/log'
import { describeError } from './error-description'

/** A refused request. Each contract writes it in its own wire format. */
export class HttpError extends Error implements Failure {
  override readonly name = 'HttpError'
  readonly reason: Failure['reason']
  readonly refusal: Failure['refusal']
  readonly challenge: Failure['challenge']
  readonly field: string | undefined

  /** Compares by name, because a bundler may load this module more than once in a process. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'HttpError'
  }

  constructor(
    readonly status: number,
    /** The code for programs. */
    readonly code: ErrorCode,
    /** A sentence for people. Never contains any part of the request. */
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    detail: HttpErrorDetail = {},
  ) {
    super(message)
    this.reason = detail.reason
    this.refusal = detail.refusal
    this.challenge = detail.challenge
    this.field = detail.field
  }
}

/** Details of an `HttpError` that a contract can use to write its response. */
export interface HttpErrorDetail extends Pick<Failure, 'reason' | 'refusal' | 'challenge'> {
  /** The field of the request body that is invalid. */
  readonly field?: string | undefined
}

const INVALID = 'Refresh token expired or invalid'
const BEARER_ERROR = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
type Refusal = readonly [status: number, code: ErrorCode, message: string, reason?: SignInReason]

const REFUSED_REFRESH = {
  invalid_refresh_token: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'unknown'],
  refresh_token_expired: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'expired'],
  refresh_token_replaced: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'revoked'],
  refresh_token_reused: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'reused'],
  token_of_another_client: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'revoked'],
  session_unknown: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'unknown'],
  user_unknown: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'unknown'],
  session_expired: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'expired'],
  session_revoked: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'revoked'],
  session_signed_out: [401, 'INVALID_REFRESH_TOKEN', INVALID, 'signed_out'],
} as const satisfies Partial<Record<SessionErrorCode, Refusal>>

const FAILURES: Record<SessionErrorCode, Refusal> = {
  ...REFUSED_REFRESH,
  missing_refresh_token: [400, 'MISSING_REFRESH_TOKEN', 'No refresh token was sent'],
  stale_refresh_token: [
    409,
    'STALE_REFRESH_TOKEN',
    'A newer refresh token may be in your cookie jar: send this request again with what it holds now',
  ],
  missing_access_token: [401, 'MISSING_ACCESS_TOKEN', 'No access token was sent'],
  invalid_access_token: [401, 'INVALID_ACCESS_TOKEN', 'Access token invalid'],
  access_token_expired: [401, 'INVALID_ACCESS_TOKEN', 'Access token expired'],
  unavailable: [UNAVAILABLE.status, UNAVAILABLE.code, UNAVAILABLE.message],
}

/** The error of a refused refresh, with the status, code and message of the canonical contract. */
export function refreshRefusal(error: SessionError): HttpError {
  const [status, code, message, reason] = FAILURES[error.code]
  const headers = status === 503 ? retryAfter(error.retryAfterSeconds ?? 1) : {}
  const { challenge } = error
  return new HttpError(status, code, message, headers, { reason, challenge, refusal: error.code })
}

/** The error of a protected resource that was requested without a live session (RFC 6750 §3). */
export function accessRefusal(error: SessionError): HttpError {
  const { status, code, message, reason, headers } = refreshRefusal(error)
  if (status !== 401) return new HttpError(status, code, message, headers)
  if (error.code === 'missing_access_token') {
    return new HttpError(status, code, message, { 'WWW-Authenticate': 'Bearer' })
  }
  const text = reason === undefined ? message : 'This session has ended'
  return new HttpError(status, 'INVALID_ACCESS_TOKEN', text, BEARER_ERROR, { reason })
}

/** Why the session of a refused request has ended, for the sign-in page; null if the refusal does not mean that. */
export function reasonOf(error: SessionError): SignInReason | null {
  return error.code in REFUSED_REFRESH
    ? REFUSED_REFRESH[error.code as keyof typeof REFUSED_REFRESH][3]
    : null
}

/** 429 with `Retry-After`, in whole seconds, rounded up and at least 1 (RFC 6585 §4). */
export function tooManyRequests(seconds: number): HttpError {
  const message = 'Too many attempts; try again later'
  return new HttpError(429, 'RATE_LIMITED', message, retryAfter(seconds))
}

/** 503 with `Retry-After`, in whole seconds, rounded up and at least 1 (RFC 9110 §15.6.4). */
export function unavailable(seconds: number): HttpError {
  const { status, code, message } = UNAVAILABLE
  return new HttpError(status, code, message, retryAfter(seconds))
}

/**
 * Turns anything that was thrown into an `HttpError`. A `SessionError` becomes the error that `refusal` makes of it. Anything
 * else is a bug: it is logged, without the request's content, and becomes a 500.
 */
export function toHttpError(error: unknown, refusal = accessRefusal): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof SessionError) {
    if (error.cause !== undefined) report('unavailable', { error: describeError(error.cause) })
    return refusal(error)
  }
  report('unexpected_error', { error: describeError(error) })
  return new HttpError(500, 'INTERNAL_ERROR', 'Something went wrong on our side', retryAfter(1))
}

function retryAfter(seconds: number): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) }
}
