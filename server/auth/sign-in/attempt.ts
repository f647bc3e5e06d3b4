import 'server-only'
import type { Device } from '../account/device-token'

/** One attempt to enter an account's password. */
export interface Attempt {
  /** The name key of the account. */
  readonly account: string
  readonly address: string
  /** The device, if it has signed in to any account before; else null. */
  readonly device: Pick<Device, 'id' | 'account'> | null
}

/** The device of an attempt if it last signed in to this account; else null. */
export function knownDevice({ account, device }: Attempt): Attempt['device'] {
  return device?.account === account ? device : null
}
