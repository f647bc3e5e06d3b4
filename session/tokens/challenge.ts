import { issuedSecond, type Keyring } from '../keys/keyring'
import { CHALLENGE_TTL_MS, type Challenge } from '../rotation'
import type { Position } from '../session'
import type { EpochMs } from '../time'

/** Signed challenges: proofs that the server sent a caller back, at a known time, for what its jar holds. */
export interface Challenges {
  /** Signs a challenge for the session at position `at`. `ordinal` counts the challenges of one request, from 1. */
  issue(sessionId: string, at: Position, ordinal: number, now: EpochMs): Promise<string>
  /** The challenge, or null if it is forged, of another session, or more than a minute old. */
  read(token: string, sessionId: string, now: EpochMs): Promise<Challenge | null>
}

/** Signs and reads challenges with the keys of `keyring`. */
export function createChallenges(keyring: Keyring): Challenges {
  return {
    issue(sessionId, { generation, branch }, ordinal, now) {
      const iat = issuedSecond(now)
      const exp = iat + CHALLENGE_TTL_MS / 1000
      // `at` is in milliseconds, as grace is: the whole seconds of `iat` are too coarse to compare with it.
      const claims = { sid: sessionId, g: generation, b: branch, n: ordinal, at: now, iat, exp }
      return keyring.sign('challenge+jwt', claims)
    },

    async read(token, sessionId, now) {
      const verdict = await keyring.verify('challenge+jwt', token, now)
      if (verdict.status !== 'good' || verdict.claims.sid !== sessionId) return null
      const { g, b, n, at } = verdict.claims
      if (!isNumber(g) || !isNumber(b) || !isNumber(n) || !isNumber(at)) return null
      return { generation: g, branch: b, ordinal: n, issuedAt: at }
    },
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
