import { type Decision, endedCode } from './rotation'
import type { Session } from './session'
import type { EpochMs } from './time'

/** The client that presents a refresh token. */
export interface Presenter {
  /** The registered OAuth client, authenticated by its secret if it has one. Null if the request names none. */
  readonly oauthClientId: string | null
  /** True if the request comes from a cookie jar, so from the person's own browser. */
  readonly jar: boolean
}

/** True if the token is bound to a registered client other than `oauthClientId`. A token is unbound until a client presents it. */
export function isBoundToAnother(owner: string | null, oauthClientId: string | null): boolean {
  return owner !== null && owner !== oauthClientId
}

/**
 * Decides on a refresh token that is bound to another client. Returns null if it is not, and then the rotation policy decides.
 * Pure. Source: RFC 6749 §6 (a refresh token is bound to the client to which it was issued).
 *
 * A client is refused and the session lives on, so that no client can end the session of another. The person's own browser is
 * the exception: if a client has presented a token from the browser's jar, the token was copied. A refusal alone would sign the
 * person out and leave the session to the copy, so the session ends.
 */
export function decideClientBinding(
  session: Session,
  receivedAt: EpochMs,
  { oauthClientId, jar }: Presenter,
): Decision | null {
  if (!isBoundToAnother(session.oauthClientId, oauthClientId)) return null
  const ended = endedCode(session, receivedAt)
  if (ended) return { kind: 'refuse', code: ended }
  return jar ? { kind: 'revoke' } : { kind: 'refuse', code: 'token_of_another_client' }
}
