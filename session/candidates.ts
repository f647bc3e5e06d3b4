import { SessionError, type SessionErrorCode } from './errors'

/** Refusals of a token that was never looked up. Any other knows the token's session, and says more to a person. */
const UNVERIFIED: ReadonlySet<SessionErrorCode> = new Set([
  'invalid_access_token',
  'access_token_expired',
  'invalid_refresh_token',
  'refresh_token_expired',
])

/**
 * What `attempt` makes of the first candidate that it does not refuse, where a request brings several tokens for one.
 * @throws the first refusal of a token that verifies, or else the last refusal; whatever is no refusal, at once.
 */
export async function firstAccepted<Candidate, Result>(
  candidates: readonly Candidate[],
  attempt: (candidate: Candidate) => Promise<Result>,
): Promise<Result> {
  let refusal: SessionError | undefined
  for (const candidate of candidates) {
    try {
      return await attempt(candidate)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if (!refusal || UNVERIFIED.has(refusal.code)) refusal = error
    }
  }
  throw refusal ?? new Error('There was no candidate')
}

/** True if another candidate may fare better: the server could answer, and does not ask to come back with this one. */
function isRefusal(error: unknown): error is SessionError {
  if (!(error instanceof SessionError)) return false
  return error.code !== 'unavailable' && error.code !== 'stale_refresh_token'
}
