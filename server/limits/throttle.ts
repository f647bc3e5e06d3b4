import 'server-only'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Config } from '@/config/read'
import type { Database } from '@/db/database'
import type { Attempt } from '../auth/sign-in/attempt'
import { inPasswordQueue } from '../auth/sign-in/passwords'
import { addressBlock, addressNetwork } from '../http/client-info'
import { consume, giveBack, type Limiter, refuseIfSpent, spend } from './budget'
import { createSignInLimits, PER_ADDRESS, PER_NETWORK } from './sign-in-limits'

/** The server's limits. Each verb throws HttpError 429 if its limit is used up. */
export interface Throttle {
  /**
   * Runs `verify` in the password queue, unless too many attempts failed or succeeded before. `verify` resolves with null if
   * the password is wrong.
   * @throws HttpError 429; SessionError `unavailable`.
   */
  signIn<T>(attempt: Attempt, verify: () => Promise<T | null>): Promise<T | null>
  /** Counts a registration against the address that it came from. */
  registration(address: string): Promise<void>
  /** Counts a well-signed refresh against its session alone, so that no other session can use it up. */
  refresh(sessionId: string): Promise<void>
  /** Counts a refresh token that this server did not sign against the address that it came from. */
  invalidRefresh(address: string): Promise<void>
}

const REFRESHES_PER_MINUTE = 3000
const INVALID_REFRESHES_PER_MINUTE = 300

/** Creates the limits of the server. Those on passwords are kept in the database, which all machines share. */
export function createThrottle(
  database: Database,
  config: Pick<Config, 'signInLimit' | 'accountLimit'>,
): Throttle {
  const budgetsOf = createSignInLimits(database, config)
  const { points, windowSeconds: duration } = config.signInLimit
  const stored = (keyPrefix: string, times: number) =>
    database.limiter({ keyPrefix, points: points * times, duration })
  const inMemory = (perMinute: number) => new RateLimiterMemory({ points: perMinute, duration: 60 })
  const registration = perAddress(
    stored('registration', PER_ADDRESS),
    stored('registration-network', PER_ADDRESS * PER_NETWORK),
  )
  const invalidRefresh = perAddress(
    inMemory(INVALID_REFRESHES_PER_MINUTE),
    inMemory(INVALID_REFRESHES_PER_MINUTE * PER_NETWORK),
  )
  const refreshes = inMemory(REFRESHES_PER_MINUTE)

  return {
    async signIn(attempt, verify) {
      const { failures, successes } = budgetsOf(attempt)
      const all = [...failures, ...successes]
      await refuseIfSpent(all)
      return inPasswordQueue(attempt, async () => {
        // Counted before the work and given back after it, so that no burst slips through in between.
        await spend(all)
        const result = await verify().catch(async (error) => {
          // The server failed; this does not count against the caller.
          await giveBack(all)
          throw error
        })
        await giveBack(result === null ? successes : failures)
        return result
      })
    },
    registration,
    refresh: (sessionId) => consume(refreshes, sessionId),
    invalidRefresh,
  }
}

/** Counts for the address and for its network, which has a higher limit. A network may use any number of addresses. */
function perAddress(addresses: Limiter, networks: Limiter) {
  return async (address: string): Promise<void> => {
    await consume(addresses, addressBlock(address))
    const network = addressNetwork(address)
    if (network !== null) await consume(networks, network)
  }
}
