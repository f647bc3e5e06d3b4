import { SessionError, type SessionErrorCode } from './errors'
import type { Position } from './session'
import type { EpochMs } from './time'
import type { RefreshClaims, RefreshTokens } from './tokens/refresh-token'

/** Refusals of a token before its session is read. Any other code names a session's real state, so it tells a person more. */
const UNVERIFIED: ReadonlySet<SessionErrorCode> = new Set([
  'invalid_access_token',
  'access_token_expired',
  'invalid_refresh_token',
  'refresh_token_expired',
])

/**
 * Calls `use` with each candidate in turn and returns the first result. A request can bring several tokens, because another
 * path or domain can set a cookie of the same name.
 * @throws If every candidate is refused: the first refusal of a token that verifies, or else the last refusal. An error
 * that is not a refusal is thrown at once.
 */
export async function firstAccepted<Candidate, Result>(
  candidates: readonly Candidate[],
  use: (candidate: Candidate) => Promise<Result>,
): Promise<Result> {
  let refusal: SessionError | undefined
  for (const candidate of candidates) {
    try {
      return await use(candidate)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (!refusal || UNVERIFIED.has(refusal.code)) refusal = error
    }
  }
  throw refusal ?? new Error('There was no candidate')
}

/** A refresh token that verifies, and its claims. */
export interface Presented {
  readonly token: string
  readonly claims: RefreshClaims
}

/**
 * Returns the refresh tokens that verify, the newest of each session.
 * @throws SessionError that says what is wrong with the last token, if none verifies.
 */
export async function requireGood(
  refresh: RefreshTokens,
  tokens: readonly string[],
  now: EpochMs,
): Promise<Presented[]> {
  const good: Presented[] = []
  let status: 'invalid' | 'expired' = 'invalid'
  for (const token of tokens) {
    const verdict = await refresh.verify(token, now)
    if (verdict.status === 'good') good.push({ token, claims: verdict.claims })
    else status = verdict.status
  }
  if (good.length > 0) return newestOfEachSession(good)
  throw new SessionError(status === 'expired' ? 'refresh_token_expired' : 'invalid_refresh_token')
}

/** True if the next candidate may succeed. `unavailable` and `stale_refresh_token` ask the caller to retry instead. */
function isRefusal(error: unknown): error is SessionError {
  if (!(error instanceof SessionError)) return false
  return error.code !== 'unavailable' && error.code !== 'stale_refresh_token'
}

/**
 * Keeps the newest token of each session, in the place of the session's first. A jar that holds an old cookie beside the current
 * one must not be taken for a copy.
 */
function newestOfEachSession(good: readonly Presented[]): Presented[] {
  const bySession = new Map<string, Presented>()
  for (const one of good) {
    const known = bySession.get(one.claims.sessionId)
    if (!known || isNewer(one.claims, known.claims)) bySession.set(one.claims.sessionId, one)
  }
  return [...bySession.values()]
}

function isNewer(one: Position, other: Position): boolean {
  if (one.generation !== other.generation) return one.generation > other.generation
  return one.branch > other.branch
}
