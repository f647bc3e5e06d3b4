import { issuedSecond, type Keyring } from '../keys/keyring'
import { CHALLENGE_TTL_MS, type Challenge } from '../rotation'
import type { Position } from '../session'
import type { EpochMs } from '../time'

export interface Challenges {
  /** Signs a challenge to come back with what the jar holds, bound to the session and where its row stands. */
  issue(sessionId: string, at: Position, attempt: number, now: EpochMs): Promise<string>
  /** The challenge if it was made for this session and is at most a minute old, else null: a bad one is as good as none. */
  read(token: string, sessionId: string, now: EpochMs): Promise<Challenge | null>
}

export function createChallenges(keyring: Keyring): Challenges {
  return {
    issue(sessionId, { generation, branch }, attempt, now) {
      const iat = issuedSecond(now)
      const exp = iat + CHALLENGE_TTL_MS / 1000
      // Grace is counted in milliseconds, so `iat` alone is too coarse to say when a challenge was made.
      const claims = { sid: sessionId, g: generation, b: branch, n: attempt, at: now, iat, exp }
      return keyring.sign('challenge+jwt', claims)
    },

    async read(token, sessionId, now) {
      const verdict = await keyring.verify('challenge+jwt', token, now)
      if (verdict.status !== 'good' || verdict.claims.sid !== sessionId) return null
      const { g, b, n, at } = verdict.claims
      if (!isNumber(g) || !isNumber(b) || !isNumber(n) || !isNumber(at)) return null
      return { generation: g, branch: b, attempt: n, issuedAt: at }
    },
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
