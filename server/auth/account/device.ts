import 'server-only'
import { issuedSecond, type Keyring } from '@/session/keys/keyring'
import type { EpochMs } from '@/session/time'

/** Browsers keep no cookie for longer (RFC 6265bis §5.5). */
export const DEVICE_COOKIE_SECONDS = 400 * 24 * 60 * 60

/** A browser that has signed in before. It has its own count of failures, which no stranger can use up. */
export interface Device {
  readonly id: string
  /** The name key of the account that it last signed in to. */
  readonly account: string
  /** The session of that sign-in, null once it has signed out: when the tokens are gone, sign-in can still say why. */
  readonly sessionId: string | null
  readonly signedInAt: EpochMs
}

/** The marks that such browsers bear. A mark opens nothing. */
export interface Devices {
  /** A signed mark. A device that is known already stays the same one; without an `id` it is a new one. */
  issue(device: {
    id?: string | undefined
    account: string
    sessionId: string | null
  }): Promise<string>
  /** The device of the first mark that verifies. */
  read(marks: readonly string[]): Promise<Device | null>
}

export function createDevices(keyring: Keyring, clock: () => number): Devices {
  return {
    issue({ id = crypto.randomUUID(), account, sessionId }) {
      const iat = issuedSecond(clock())
      return keyring.sign('device+jwt', {
        sub: account,
        jti: id,
        ...(sessionId === null ? {} : { sid: sessionId }),
        iat,
        exp: iat + DEVICE_COOKIE_SECONDS,
      })
    },

    async read(marks) {
      for (const mark of marks) {
        const verdict = await keyring.verify('device+jwt', mark, clock())
        if (verdict.status !== 'good') continue
        const { sub, jti, sid, iat } = verdict.claims
        if (!sub || !jti || iat === undefined) continue
        const sessionId = typeof sid === 'string' ? sid : null
        return { id: jti, account: sub, sessionId, signedInAt: iat * 1000 }
      }
      return null
    },
  }
}
