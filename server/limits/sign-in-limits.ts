import 'server-only'
import type { Config } from '@/config/read'
import type { Database } from '@/db/database'
import { type Attempt, knownDevice } from '../auth/sign-in/attempt'
import { addressBlock, addressNetwork } from '../http/client-info'
import type { Budget } from './budget'

/** An address is shared by a household or an office, so it has this many times an account's attempts. */
export const PER_ADDRESS = 10
/** A network of IPv6 (/48) is a site or a part of a provider's: this many times what one of its addresses has. */
export const PER_NETWORK = 3
/** Whatever the password: each success writes a session. */
const SUCCESSES = 10

/** What an attempt takes a point of: the first if it fails, the second if it succeeds. */
export interface SignInBudgets {
  readonly failures: readonly Budget[]
  readonly successes: readonly Budget[]
}

/**
 * The budgets of an attempt. A device that is known to the account has one of its own, which no stranger can use up. All
 * others count for the account at their address, in their network, and altogether, and for the address and the network.
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
    const device = knownDevice(attempt)
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
