import { issuedSecond, type Keyring, type Verdict } from '../keys/keyring'
import type { EpochMs } from '../time'

declare const brand: unique symbol
/** A signed access token (RFC 9068): good for minutes, verified without a database at the gate. */
export type AccessToken = string & { readonly [brand]: 'access token' }

export interface AccessClaims {
  readonly sessionId: string
  readonly userId: string
  readonly tokenId: string
  readonly clientId: string
  readonly issuedAt: EpochMs
  readonly expiresAt: EpochMs
}

/** What one contract's access tokens say beside the claims that all have; none of those can be changed. */
export interface AccessExtras {
  /** The OAuth client that asked, `client_id` (RFC 9068 §2.2). */
  readonly clientId?: string
  readonly claims?: Readonly<Record<string, string | number | boolean>>
}

/** Who issues access tokens and for whom: `iss` and `aud`. */
export interface TokenAudience {
  readonly issuer: string
  readonly audience: string
}

export interface AccessTokens {
  /** Signs a token that ends `lifeMs` from now, or with the session if that is earlier. */
  issue(
    session: { id: string; userId: string; expiresAt: EpochMs },
    now: EpochMs,
    extras?: AccessExtras,
  ): Promise<{ token: AccessToken; expiresInSeconds: number }>
  /** Signature, `typ`, `iss`, `aud` and `exp`; whether the session still lives is the data layer's to ask. */
  verify(token: string, now: EpochMs): Promise<Verdict<AccessClaims>>
}

/** The client of an access token where no registered one asked: this app itself. No other may bear its name. */
export const OWN_CLIENT_ID = 'rekindle'

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
      return { token: token as AccessToken, expiresInSeconds: Math.max(exp - iat, 0) }
    },

    async verify(token, now) {
      const verdict = await keyring.verify('at+jwt', token, now, expected)
      if (verdict.status === 'invalid') return verdict
      const { sid, sub, jti, iat, exp, client_id: clientId } = verdict.claims
      if (typeof sid !== 'string' || typeof clientId !== 'string') return { status: 'invalid' }
      if (!sub || !jti || iat === undefined || exp === undefined) return { status: 'invalid' }
      const times = { issuedAt: iat * 1000, expiresAt: exp * 1000 }
      const claims = { sessionId: sid, userId: sub, tokenId: jti, clientId, ...times }
      return { status: verdict.status, claims }
    },
  }
}
