import { issuedSecond, type Keyring, MAX_TOKEN_BYTES, type Verdict } from '../keys/keyring'
import type { EpochMs } from '../time'
import { additionalClaims, type Claims } from './claims'

declare const brand: unique symbol
/** A signed access token (RFC 9068). It is good for minutes, and the gate verifies it without a database. */
export type AccessToken = string & { readonly [brand]: 'access token' }

/** What an access token says. */
export interface AccessClaims {
  readonly sessionId: string
  readonly userId: string
  readonly tokenId: string
  readonly clientId: string
  readonly issuedAt: EpochMs
  readonly expiresAt: EpochMs
  /** The claims besides the standard ones. */
  readonly additional: Claims
}

/** Additional claims of an access token. They cannot override the standard ones. */
export interface AccessExtras {
  /** The OAuth client that requested the token, as `client_id` (RFC 9068 §2.2). */
  readonly clientId?: string
  readonly claims?: Claims
}

/** The `iss` and the `aud` of access tokens. */
export interface TokenAudience {
  readonly issuer: string
  readonly audience: string
}

/** Issues and verifies access tokens. */
export interface AccessTokens {
  /**
   * Signs an access token, which expires when its lifetime or the session ends, whichever is earlier.
   * @throws Error if the token is longer than MAX_TOKEN_BYTES, so that it would be refused.
   */
  issue(
    session: { id: string; userId: string; expiresAt: EpochMs },
    now: EpochMs,
    extras?: AccessExtras,
  ): Promise<{ token: AccessToken; expiresInSeconds: number }>
  /** Checks the signature, `typ`, `iss`, `aud` and `exp`. It does not read the session: the data layer does. */
  verify(token: string, now: EpochMs): Promise<Verdict<AccessClaims>>
}

/** The `client_id` of access tokens that no registered OAuth client requested. No registered client may have this id. */
export const OWN_CLIENT_ID = 'rekindle'

/** Issues access tokens that live for `lifeMs` milliseconds, and verifies them, with the keys of `keyring`. */
export function createAccessTokens(
  keyring: Keyring,
  expected: TokenAudience,
  lifeMs: number,
): AccessTokens {
  return {
    async issue(session, now, { clientId = OWN_CLIENT_ID, claims = {} } = {}) {
      const iat = issuedSecond(now)
      const exp = Math.min(iat + lifeMs / 1000, Math.floor(session.expiresAt / 1000))
      const token = await keyring.sign('at+jwt', {
        ...claims,
        iss: expected.issuer,
        aud: expected.audience,
        sub: session.userId,
        sid: session.id,
        jti: crypto.randomUUID(),
        client_id: clientId,
        iat,
        exp,
      })
      if (token.length > MAX_TOKEN_BYTES) {
        throw new Error(
          `An access token has ${token.length} bytes, and at most ${MAX_TOKEN_BYTES} are accepted`,
        )
      }
      return { token: token as AccessToken, expiresInSeconds: Math.max(exp - iat, 0) }
    },

    async verify(token, now) {
      const verdict = await keyring.verify('at+jwt', token, now, expected)
      if (verdict.status === 'invalid') return verdict
      const { sid, sub, jti, iat, exp, client_id: clientId } = verdict.claims
      if (typeof sid !== 'string' || typeof clientId !== 'string') return { status: 'invalid' }
      if (!sub || !jti || iat === undefined || exp === undefined) return { status: 'invalid' }
      const times = { issuedAt: iat * 1000, expiresAt: exp * 1000 }
      const additional = additionalClaims(verdict.claims)
      const claims = { sessionId: sid, userId: sub, tokenId: jti, clientId, ...times, additional }
      return { status: verdict.status, claims }
    },
  }
}
