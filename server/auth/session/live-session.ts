import 'server-only'
import { bearerToken } from '@/http/request/bearer'
import { receivedAt } from '@/http/request/received-at'
import { services } from '@/server/composition'
import { withinRequest } from '@/server/http/request-context'
import { cookiesOf } from '@/server/http/route'
import { metrics } from '@/server/telemetry/metrics'
import { firstAccepted } from '@/session/candidates'
import { SessionError } from '@/session/errors'
import type { EpochMs } from '@/session/time'
import type { Claims } from '@/session/tokens/claims'

/** The signed-in user and session of a request. */
export interface CurrentSession {
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  /** True if the user's identity was verified, by whatever means this deployment has. */
  readonly userVerified: boolean
  /** False for a user who signs in without a password. */
  readonly hasPassword: boolean
  readonly createdAt: EpochMs
  /** The claims that this request's access token has besides the standard ones, as `claimsOf` returned them. */
  readonly claims: Claims
  /** When the user last entered the password in this session, or began it without one. */
  readonly authTime: EpochMs
  /** When the session ends, however much it is used. */
  readonly expiresAt: EpochMs
  /** When the session ends if it is not used until then. */
  readonly idleExpiresAt: EpochMs
  /** When this request's access token was issued, to the second. */
  readonly accessIssuedAt: EpochMs
  /** When this request's access token expires. */
  readonly accessExpiresAt: EpochMs
}

/**
 * Requires a live session of an API request. Only `protectedRoute` calls it.
 * @throws SessionError without a live session, or `unavailable` if the database does not answer.
 */
export async function requireApiSession(requestHeaders: Headers): Promise<CurrentSession> {
  const { config } = await services()
  // A Bearer token excludes the cookies (RFC 6750 §2.1).
  const bearer = bearerToken(requestHeaders)
  const tokens = bearer === null ? cookiesOf(requestHeaders, config).access : [bearer]
  return liveSession(requestHeaders, tokens)
}

/**
 * The live session of the first token that has one.
 * @throws SessionError: why the first token that verifies has none, or else what is wrong with the last; `unavailable` if the database
 *   does not answer.
 */
export async function liveSession(
  requestHeaders: Pick<Headers, 'get'>,
  tokens: readonly string[],
): Promise<CurrentSession> {
  const { config, engine } = await services()
  if (tokens.length === 0) throw new SessionError('missing_access_token')
  const check = (token: string) =>
    engine.check(token, receivedAt(requestHeaders, config).waitedMs())
  const { session, accessIssuedAt, accessExpiresAt, claims } = await withinRequest(
    requestHeaders,
    () => firstAccepted(tokens, check).then(counted, countedRefusal),
  )
  return {
    sessionId: session.id,
    userId: session.userId,
    userName: session.userName,
    userVerified: session.userVerified,
    hasPassword: session.userHasPassword,
    claims,
    createdAt: session.createdAt,
    authTime: session.authTime,
    expiresAt: session.expiresAt,
    idleExpiresAt: session.idleExpiresAt,
    accessIssuedAt,
    accessExpiresAt,
  }
}

function counted<T>(checked: T): T {
  metrics().checks.inc({ outcome: 'live' })
  return checked
}

function countedRefusal(error: unknown): never {
  metrics().checks.inc({ outcome: error instanceof SessionError ? error.code : 'internal_error' })
  throw error
}
