import { type Decision, endedCode } from './rotation'
import type { Session } from './session'
import type { EpochMs } from './time'

/** The caller that presents a refresh token. */
export interface Presenter {
  /** The registered OAuth client that asks, proved by its secret where it has one; null where none is named. */
  readonly oauthClientId: string | null
  /** It shares a cookie jar: it is the person's own browser. */
  readonly jar: boolean
}

/** True if the token belongs to a registered client other than `oauthClientId`. Until a client presents it, it belongs to none. */
export function isAnothers(owner: string | null, oauthClientId: string | null): boolean {
  return owner !== null && owner !== oauthClientId
}

/**
 * The decision on a refresh token that another client presented first, or null where that is not so and the rotation policy
 * decides. Pure. Source: RFC 6749 §6, a refresh token is the client's that it was issued to.
 *
 * Nothing ends for it, so that no client can end what is another's; but for the person's own browser. There a
 * client has claimed a token out of the browser's jar, so the token is in two hands: it has been copied. Refusing alone
 * would sign the person out and leave the session to the copy.
 */
export function decideForOwner(
  session: Session,
  now: EpochMs,
  { oauthClientId, jar }: Presenter,
): Decision | null {
  if (!isAnothers(session.oauthClientId, oauthClientId)) return null
  const dead = endedCode(session, now)
  if (dead) return { kind: 'refuse', code: dead }
  return jar ? { kind: 'revoke' } : { kind: 'refuse', code: 'token_of_another_client' }
}
