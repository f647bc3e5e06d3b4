import { SessionError, type SessionErrorCode } from './errors'

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

/** True if the next candidate may succeed. `unavailable` and `stale_refresh_token` ask the caller to retry instead. */
function isRefusal(error: unknown): error is SessionError {
  if (!(error instanceof SessionError)) return false
  return error.code !== 'unavailable' && error.code !== 'stale_refresh_token'
}
