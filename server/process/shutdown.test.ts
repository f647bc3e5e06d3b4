import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, it } from 'vitest'
import { refuseConnections } from './shutdown'

const ownAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .map(({ address }) => address)
  // A link-local address is one of an interface only (RFC 4291 §2.5.6).
  .filter((address) => !address.startsWith('fe80'))

it.each(['0.0.0.0', ...ownAddresses])(
  'a server on %s takes the place of waiting connections itself before its port is closed',
  async (host) => {
    let own = 0
    const server = createServer((socket) => {
      own++
      socket.destroy()
    }).listen(0, host)
    await once(server, 'listening')
    await refuseConnections(server, 'SIGINT', 0)
    expect(own).toBeGreaterThan(0)
    await new Promise((resolve) => server.close(resolve))
  },
)
