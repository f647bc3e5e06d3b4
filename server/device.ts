import 'server-only'
import { issuedSecond, type Keyring } from '@/session/keyring'
import type { Attempt } from './throttle'

/** Browsers keep no cookie for longer (RFC 6265bis §5.5). */
export const DEVICE_COOKIE_SECONDS = 400 * 24 * 60 * 60

/** Marks of browsers that have signed in before: such a one has its own count of failures, which no stranger can use up. */
export interface Devices {
  /** A signed mark for the account (its name key). It identifies nobody and opens nothing. */
  issue(account: string): Promise<string>
  read(mark: string | null): Promise<Attempt['device']>
}

export function createDevices(keyring: Keyring, clock: () => number): Devices {
  return {
    issue(account) {
      const iat = issuedSecond(clock())
      const jti = crypto.randomUUID()
      return keyring.sign('device+jwt', {
        sub: account,
        jti,
        iat,
        exp: iat + DEVICE_COOKIE_SECONDS,
      })
    },

    async read(mark) {
      if (mark === null) return null
      const verdict = await keyring.verify('device+jwt', mark, clock())
      if (verdict.status !== 'good') return null
      const { sub, jti } = verdict.claims
      return sub && jti ? { id: jti, account: sub } : null
    },
  }
}
