import { issuedSecond, type Keyring } from '../keys/keyring'
import type { ClientInfo } from '../session'
import { type EpochMs, MAX_REQUEST_AGE_MS } from '../time'

/** The client of a request, as middleware sees it. */
export interface InternalCaller extends ClientInfo {
  /** How long ago, in milliseconds, the server received the request. The wait does not count against the client's token. */
  readonly waitedMs: number
}

const LIFE_SECONDS = 10
/**
 * How far the clocks of the machine that signs and the one that reads may be apart. Both normally use the time of the database;
 * on a platform, where the server does not see requests arrive, middleware uses its machine's own clock.
 */
const CLOCK_TOLERANCE_MS = 10_000

/** Assertions by which middleware tells the refresh route the client of a request. Anyone could send an unsigned claim. */
export interface InternalCallers {
  /**
   * Signs an assertion of the client's address and agent. It is good for the refresh tokens of one call, which `refreshTokens` lists in
   * their order with spaces between, and expires ten seconds after `now`; `read` allows for clocks that are ten seconds apart.
   */
  sign(caller: InternalCaller, refreshTokens: string, now: EpochMs): Promise<string>
  /** The client that the assertion names, or null if it was not signed by this app for these refresh tokens, or has expired. */
  read(assertion: string, refreshTokens: string, now: EpochMs): Promise<InternalCaller | null>
}

/** Signs and reads the assertions with the keys of `keyring`. */
export function createInternalCallers(keyring: Keyring): InternalCallers {
  return {
    async sign({ address, userAgent, waitedMs }, refreshTokens, now) {
      const iat = issuedSecond(now)
      const rt = await digest(refreshTokens)
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

    async read(assertion, refreshTokens, now) {
      const verdict = await keyring.verify('internal+jwt', assertion, now - CLOCK_TOLERANCE_MS)
      if (verdict.status !== 'good') return null
      const { address, agent, rt, waited } = verdict.claims
      if (typeof address !== 'string' || typeof agent !== 'string') return null
      if (typeof waited !== 'number' || !(waited >= 0) || rt !== (await digest(refreshTokens)))
        return null
      return { address, userAgent: agent, waitedMs: Math.min(waited, MAX_REQUEST_AGE_MS) }
    },
  }
}

async function digest(tokens: string): Promise<string> {
  const bytes = new Uint8Array(
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(tokens)),
  )
  return btoa(String.fromCharCode(...bytes))
}
