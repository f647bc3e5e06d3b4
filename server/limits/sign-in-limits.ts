import 'server-only'
import type { Config } from '@/config/read'
import type { Database } from '@/db/database'
import { type Attempt, findKnownDevice } from '../auth/sign-in/attempt'
import { addressBlock, addressNetwork } from '../http/client-info'
import type { Budget } from './budget'

/** A household or an office shares an address, so an address has this many times an account's attempts. */
export const PER_ADDRESS = 10
/** An IPv6 network (/48) is a site or a part of a provider's network. It has this many times the attempts of an address. */
export const PER_NETWORK = 3
/** Successes are limited as well, because each one writes a session. They have this many times the attempts. */
const SUCCESSES = 10

/** The budgets that an attempt takes a point from: `failures` if it fails, `successes` if it succeeds. */
export interface SignInBudgets {
  readonly failures: readonly Budget[]
  readonly successes: readonly Budget[]
}

/**
 * Creates the function that names the budgets of an attempt. A device that is known to the account has its own budget, which a
 * stranger cannot use up. Every other attempt counts for the account (at its address, in its network and in total), for the
 * address and for the network.
 */
export function createSignInLimits(
  database: Database,
  { signInLimit, accountLimit }: Pick<Config, 'signInLimit' | 'accountLimit'>,
): (attempt: Attempt) => SignInBudgets {
  const { points, windowSeconds: duration } = signInLimit
  const stored = (keyPrefix: string, times: number) =>
    database.limiter({ keyPrefix, points: points * times, duration })
  const devices = stored('device', 1)
  const accountsAtAddress = stored('account', 1)
  const accountsInNetwork = stored('account-network', PER_NETWORK)
  const accounts = database.limiter({
    keyPrefix: 'account-all',
    points: accountLimit.points,
    duration: accountLimit.windowSeconds,
  })
  const addresses = stored('address', PER_ADDRESS)
  const networks = stored('network', PER_ADDRESS * PER_NETWORK)
  const successes = stored('success', SUCCESSES)
  const successesOfKnown = stored('success-known', SUCCESSES)

  return (attempt) => {
    const { account, address } = attempt
    const device = findKnownDevice(attempt)
    if (device) {
      return { failures: [[devices, device.id]], successes: [[successesOfKnown, account]] }
    }
    const block = addressBlock(address)
    const network = addressNetwork(address)
    const failures: Budget[] = [
      [accountsAtAddress, `${account} ${block}`],
      [accounts, account],
      [addresses, block],
    ]
    if (network !== null) {
      failures.push([accountsInNetwork, `${account} ${network}`], [networks, network])
    }
    return { failures, successes: [[successes, account]] }
  }
}
