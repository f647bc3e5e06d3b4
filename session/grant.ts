import type { Position, Session } from './session'
import type { EpochMs } from './time'
import type { AccessExtras, AccessToken, AccessTokens } from './tokens/access-token'
import type { RefreshToken, RefreshTokens } from './tokens/refresh-token'

/** What a sign-in or a refresh hands out: an access token, and a refresh token if one was minted. */
export interface Grant {
  readonly sessionId: string
  readonly userId: string
  readonly access: { readonly token: AccessToken; readonly expiresInSeconds: number }
  readonly refresh: { readonly token: RefreshToken; readonly expiresInSeconds: number } | null
}

/** The position that a new refresh token names, and until when it may go unused. */
export interface Minted {
  readonly position: Position
  readonly idleExpiresAt: EpochMs
}

type Grantee = Pick<Session, 'id' | 'userId' | 'idleExpiresAt'>

/** Returns a function that signs the tokens of a session: an access token, and a refresh token if `minted` is given. */
export function createGrants(access: AccessTokens, refresh: RefreshTokens) {
  return async (
    session: Grantee,
    now: EpochMs,
    minted: Minted | null,
    extras: AccessExtras = {},
  ): Promise<Grant> => {
    // A session that goes unused past its idle expiry is over, so no access token may outlive it.
    const expiresAt = minted?.idleExpiresAt ?? session.idleExpiresAt
    const [accessGrant, refreshGrant] = await Promise.all([
      access.issue({ ...session, expiresAt }, now, extras),
      minted ? refresh.issue(session, minted.position, minted.idleExpiresAt, now) : null,
    ])
    const { id: sessionId, userId } = session
    return { sessionId, userId, access: accessGrant, refresh: refreshGrant }
  }
}
