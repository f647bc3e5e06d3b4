import 'server-only'
import type { Device } from '../account/device-token'

/** One attempt to enter an account's password. */
export interface Attempt {
  /** The name key of the account. */
  readonly account: string
  readonly address: string
  /**
   * The device that the request names by a device token, or null without one. Within a session, the session stands for it: its
   * guesses at the password are counted apart.
   */
  readonly device: Pick<Device, 'id' | 'account'> | null
}

/** The device of an attempt if it last signed in to this account; else null. */
export function findKnownDevice({ account, device }: Attempt): Attempt['device'] {
  return device?.account === account ? device : null
}
