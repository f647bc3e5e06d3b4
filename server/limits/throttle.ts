import 'server-only'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { Config } from '@/config/read'
import type { Database } from '@/db/database'
import type { Attempt } from '../auth/sign-in/attempt'
import { inPasswordQueue } from '../auth/sign-in/passwords'
import { addressBlock, addressNetwork } from '../http/client-info'
import { consume, giveBack, type Limiter, refuseIfSpent, spend } from './budget'
import { createSignInLimits, PER_ADDRESS, PER_NETWORK } from './sign-in-limits'

export interface Throttle {
  /**
   * Runs `verify` in the password queue, unless too many attempts failed or succeeded before. It resolves with null where
   * the password is wrong.
   */
  signIn<T>(attempt: Attempt, verify: () => Promise<T | null>): Promise<T | null>
  /** Counts a registration. */
  registration(address: string): Promise<void>
  /** Counts a well-signed refresh against its session alone: nobody else can use it up. */
  refresh(sessionId: string): Promise<void>
  /** Counts a refresh token that is not ours against the address it came from. */
  invalidRefresh(address: string): Promise<void>
}

const REFRESHES_PER_MINUTE = 3000
const INVALID_REFRESHES_PER_MINUTE = 300

/** All limits of the server. Those on passwords are kept in the database, where every machine sees them. */
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

/** Counts for the address, and more generously for its network, from which any number of addresses may come. */
function perAddress(addresses: Limiter, networks: Limiter) {
  return async (address: string): Promise<void> => {
    await consume(addresses, addressBlock(address))
    const network = addressNetwork(address)
    if (network !== null) await consume(networks, network)
  }
}
