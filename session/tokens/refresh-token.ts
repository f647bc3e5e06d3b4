import { issuedSecond, type Keyring, type Verdict } from '../keys/keyring'
import type { Position } from '../session'
import type { EpochMs } from '../time'

declare const brand: unique symbol
/** A signed refresh token, which names a session and a position. No token is stored, so the database alone cannot yield one. */
export type RefreshToken = string & { readonly [brand]: 'refresh token' }

/** What a refresh token says. */
export interface RefreshClaims extends Position {
  readonly sessionId: string
  readonly userId: string
  readonly issuedAt: EpochMs
  readonly expiresAt: EpochMs
}

/** Issues and verifies refresh tokens. */
export interface RefreshTokens {
  /** Signs a refresh token for `position`, which expires at `expiresAt`. */
  issue(
    session: { id: string; userId: string },
    position: Position,
    expiresAt: EpochMs,
    now: EpochMs,
  ): Promise<{ token: RefreshToken; expiresInSeconds: number }>
  /** Checks type, signature and expiry. It does not read the session. */
  verify(token: string, now: EpochMs): Promise<Verdict<RefreshClaims>>
}

/** Issues and verifies refresh tokens with the keys of `keyring`. */
export function createRefreshTokens(keyring: Keyring): RefreshTokens {
  return {
    async issue(session, { generation, branch }, expiresAt, now) {
      const iat = issuedSecond(now)
      const exp = Math.floor(expiresAt / 1000)
      const claims = { sub: session.userId, sid: session.id, g: generation, b: branch, iat, exp }
      const token = await keyring.sign('rt+jwt', claims)
      return { token: token as RefreshToken, expiresInSeconds: Math.max(exp - iat, 0) }
    },

    async verify(token, now) {
      const verdict = await keyring.verify('rt+jwt', token, now)
      if (verdict.status === 'invalid') return verdict
      const { sid, sub, g, b, iat, exp } = verdict.claims
      if (typeof sid !== 'string' || !sub || !isCount(g) || !isCount(b))
        return { status: 'invalid' }
      if (iat === undefined || exp === undefined) return { status: 'invalid' }
      const position = { generation: g, branch: b }
      const times = { issuedAt: iat * 1000, expiresAt: exp * 1000 }
      return {
        status: verdict.status,
        claims: { sessionId: sid, userId: sub, ...position, ...times },
      }
    },
  }
}

/** Returns the claims of the candidates that are genuine refresh tokens, expired ones included. Reads no session. */
export async function readClaims(
  tokens: RefreshTokens,
  candidates: readonly string[],
  now: EpochMs,
): Promise<RefreshClaims[]> {
  const found: RefreshClaims[] = []
  for (const candidate of candidates) {
    const verdict = await tokens.verify(candidate, now)
    if (verdict.status !== 'invalid') found.push(verdict.claims)
  }
  return found
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
