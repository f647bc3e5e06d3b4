import { MAX_REQUEST_AGE_MS } from '@/session/time'
import { issuedSecond, type Keyring } from '../keys/keyring'
import type { ClientInfo } from '../session'
import type { EpochMs } from '../time'

/** A client as middleware met it. */
export interface InternalCaller extends ClientInfo {
  /** For how many milliseconds its request has been with us: waiting for us is not held against it. */
  readonly waitedMs: number
}

const LIFE_SECONDS = 10
/**
 * How far two machines' ideas of the time may be apart: one may sign, and another verify. Both have it from the database; only
 * where no front sees requests arrive, on a platform, middleware has its own.
 */
const CLOCKS_APART_MS = 10_000

/** How middleware tells the refresh route who is behind a request; an unsigned claim would be anybody's. */
export interface InternalCallers {
  /** Signs the client's address and agent for one refresh token, good for ten seconds. */
  sign(caller: InternalCaller, refreshToken: string, now: EpochMs): Promise<string>
  /** The client behind the request, or null if the assertion is not valid for this refresh token. */
  read(assertion: string, refreshToken: string, now: EpochMs): Promise<InternalCaller | null>
}

export function createInternalCallers(keyring: Keyring): InternalCallers {
  return {
    async sign({ address, userAgent, waitedMs }, refreshToken, now) {
      const iat = issuedSecond(now)
      const rt = await digest(refreshToken)
      const claims = {
        address,
        agent: userAgent.slice(0, 512),
        rt,
        waited: Math.round(waitedMs),
        iat,
        exp: iat + LIFE_SECONDS,
      }
      return keyring.sign('internal+jwt', claims)
    },

    async read(assertion, refreshToken, now) {
      const verdict = await keyring.verify('internal+jwt', assertion, now - CLOCKS_APART_MS)
      if (verdict.status !== 'good') return null
      const { address, agent, rt, waited } = verdict.claims
      if (typeof address !== 'string' || typeof agent !== 'string') return null
      if (typeof waited !== 'number' || !(waited >= 0) || rt !== (await digest(refreshToken)))
        return null
      return { address, userAgent: agent, waitedMs: Math.min(waited, MAX_REQUEST_AGE_MS) }
    },
  }
}

async function digest(token: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)),
  )
  return btoa(String.fromCharCode(...bytes))
}
