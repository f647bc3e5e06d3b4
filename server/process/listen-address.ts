import 'server-only'
import { createServer } from 'node:net'

/** Where a server is about to listen: on every address of the machine if no hostname is given. */
export interface ListenAddress {
  readonly port: number
  readonly hostname?: string | undefined
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'is in use: end the program that listens there, or set PORT to another',
  EACCES: 'is not allowed to this user: set PORT to 1024 or more',
  EADDRNOTAVAIL: 'cannot be had: this machine has no such address',
  ENOTFOUND: 'cannot be had: this machine knows no such name',
}

/**
 * Checks that a server can listen at this address, by listening there for a moment.
 * @throws Error that says in one sentence why it cannot.
 */
export async function requireFreeAddress({ port, hostname }: ListenAddress): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen({ port, ...(hostname === undefined ? {} : { host: hostname }) }, resolve)
    })
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const address = hostname === undefined ? '' : ` at ${hostname}`
    throw new Error(`Port ${port}${address} ${REASONS[code] ?? `cannot be had: ${message}`}`)
  }
  await new Promise((resolve) => probe.close(resolve))
}
