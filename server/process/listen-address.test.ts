import { type AddressInfo, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { requireFreeAddress } from './listen-address'

it('says in a sentence that a port is in use, and passes one that is free', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const address = { port, hostname: '127.0.0.1' }
  await expect(requireFreeAddress(address)).rejects.toThrow(
    `Port ${port} at 127.0.0.1 is in use: end the program that listens there, or set PORT to another`,
  )
  await new Promise((resolve) => other.close(resolve))
  await requireFreeAddress(address)
  await requireFreeAddress(address)
})

it('says that this machine does not have an address', async () => {
  await expect(requireFreeAddress({ port: 3000, hostname: '192.0.2.1' })).rejects.toThrow(
    'Port 3000 at 192.0.2.1 cannot be had: this machine has no such address',
  )
})
