import 'server-only'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Config } from '@/config'
import type { Database } from '@/db/database'
import { SessionError } from '@/session/errors'
import { addressBlock } from './client'
import type { Device } from './device'
import { tooMany } from './http-error'
import { inPasswordQueue } from './passwords'

/** One try at an account's password. */
export interface Attempt {
  readonly account: string
  readonly address: string
  /** The device that has signed in to this account before, or null. */
  readonly device: Pick<Device, 'id' | 'account'> | null
}

export interface Throttle {
  /** Runs `verify` unless too many attempts failed before. A success, a value that is not null, does not count. */
  signIn<T>(attempt: Attempt, verify: () => Promise<T | null>): Promise<T | null>
  /** Counts a registration. */
  registration(address: string): Promise<void>
  /** Counts a well-signed refresh against its session alone: nobody else can use it up. */
  refresh(sessionId: string): Promise<void>
  /** Counts a refresh token that is not ours against the address it came from. */
  invalidRefresh(address: string): Promise<void>
}

/** An address is shared by a household or an office, so it has this many times an account's attempts. */
const PER_ADDRESS = 10
const REFRESHES_PER_MINUTE = 3000
const INVALID_REFRESHES_PER_MINUTE = 300

interface Limiter {
  get(key: string): Promise<RateLimiterRes | null>
  consume(key: string): Promise<RateLimiterRes>
  reward(key: string): Promise<RateLimiterRes>
  readonly points: number
}

/** All limits of the server. Those on passwords are kept in the database, where every machine sees them. */
export function createThrottle(database: Database, { signInLimit }: Config): Throttle {
  const { points, windowSeconds: duration } = signInLimit
  const stored = (keyPrefix: string, times: number): Limiter =>
    database.limiter({ keyPrefix, points: points * times, duration })
  const accounts = stored('account', 1)
  const devices = stored('device', 1)
  const addresses = stored('address', PER_ADDRESS)
  const registrations = stored('registration', PER_ADDRESS)
  const refreshes = new RateLimiterMemory({ points: REFRESHES_PER_MINUTE, duration: 60 })
  const invalid = new RateLimiterMemory({ points: INVALID_REFRESHES_PER_MINUTE, duration: 60 })

  return {
    async signIn(attempt, verify) {
      const buckets = bucketsOf(attempt)
      for (const [limiter, key] of buckets) await refuseIfSpent(limiter, key)
      return inPasswordQueue(async () => {
        // Counted before the work and given back after a success, so that no burst slips through in between.
        for (const [limiter, key] of buckets) await consume(limiter, key)
        const giveBack = async () => {
          for (const [limiter, key] of buckets) await limiter.reward(key)
        }
        const result = await verify().catch(async (error) => {
          // We failed, not they.
          await giveBack()
          throw error
        })
        if (result !== null) await giveBack()
        return result
      })
    },
    registration: (address) => consume(registrations, addressBlock(address)),
    refresh: (sessionId) => consume(refreshes, sessionId),
    invalidRefresh: (address) => consume(invalid, addressBlock(address)),
  }

  function bucketsOf({ account, address, device }: Attempt): [Limiter, string][] {
    if (device?.account === account) return [[devices, device.id]]
    const block = addressBlock(address)
    return [
      [accounts, `${account} ${block}`],
      [addresses, block],
    ]
  }
}

async function refuseIfSpent(limiter: Limiter, key: string): Promise<void> {
  const state = await limiter.get(key).catch(asUnavailable)
  if (state && state.consumedPoints >= limiter.points) throw tooMany(state.msBeforeNext / 1000)
}

async function consume(limiter: Limiter, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (rejection) {
    if (rejection instanceof RateLimiterRes) throw tooMany(rejection.msBeforeNext / 1000)
    asUnavailable(rejection)
  }
}

function asUnavailable(cause: unknown): never {
  throw cause instanceof SessionError ? cause : new SessionError('unavailable', { cause })
}
