import 'server-only'
import { issuedSecond, type Keyring } from '@/session/keys/keyring'
import type { EpochMs } from '@/session/time'

/** How long the device cookie lasts: the longest lifetime that browsers allow (RFC 6265bis §5.5). */
export const DEVICE_COOKIE_SECONDS = 400 * 24 * 60 * 60

/** A browser that has signed in before. Its failed sign-ins are counted apart, so that strangers cannot lock it out. */
export interface Device {
  readonly id: string
  /** The name key of the account that it last signed in to. */
  readonly account: string
  /** The session of that sign-in, by which the sign-in page can say why it ended; null once the user has signed out. */
  readonly sessionId: string | null
  readonly signedInAt: EpochMs
}

/** Issues and reads device tokens: signed JWTs that a browser keeps in a cookie. They grant no access. */
export interface DeviceTokens {
  /** Signs a device token. Pass the `id` of a known device to keep it; without one, the token is for a new device. */
  issue(device: {
    id?: string | undefined
    account: string
    sessionId: string | null
  }): Promise<string>
  /** The device of the first token that verifies; null if none does. */
  read(tokens: readonly string[]): Promise<Device | null>
}

/** Creates the issuer and reader of device tokens. `clock` returns epoch milliseconds. */
export function createDeviceTokens(keyring: Keyring, clock: () => number): DeviceTokens {
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

    async read(tokens) {
      for (const token of tokens) {
        const verdict = await keyring.verify('device+jwt', token, clock())
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
