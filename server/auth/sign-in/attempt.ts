import 'server-only'
import type { Device } from '../account/device'

/** One try at an account's password. */
export interface Attempt {
  readonly account: string
  readonly address: string
  /** The device that has signed in to some account before, or null. */
  readonly device: Pick<Device, 'id' | 'account'> | null
}

/** The device of an attempt if it has signed in to this very account before; else null, as for a stranger. */
export function knownDevice({ account, device }: Attempt): Attempt['device'] {
  return device?.account === account ? device : null
}
