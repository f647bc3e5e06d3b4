import 'server-only'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { UnderWay } from './active-requests'

/**
 * A second way into this process's HTTP server, for its own middleware: on loopback, on a port that the system chooses. It stays
 * open while the public one is closed for a shutdown, so that a request under way can still refresh, and it is this process
 * whatever address the public one listens on. Keeps no process alive. Resolves with its origin.
 */
export async function openInnerDoor(underWay: UnderWay, publicOrigin: string): Promise<string> {
  const door = createServer((socket: Socket) => {
    if (underWay.server) underWay.server.emit('connection', socket)
    else goAround(socket, publicOrigin)
  })
  await new Promise<void>((resolve, reject) => {
    door.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  door.unref()
  const address = door.address()
  if (typeof address !== 'object' || address === null) throw new Error('the inner door has no port')
  return `http://127.0.0.1:${address.port}`
}

/** The server makes itself known with its first request, and one may have come before anybody looked. */
function goAround(socket: Socket, publicOrigin: string): void {
  const { hostname, port } = new URL(publicOrigin)
  // A failure ends both ends, and is middleware's to see.
  pipeline(socket, connect(Number(port), hostname), socket, () => {})
}
