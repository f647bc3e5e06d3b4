import 'server-only'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { ActiveRequests } from './active-requests'

/**
 * Opens a second listener for this process's HTTP server, which its own middleware uses: on 127.0.0.1, on a port that the system
 * chooses. It stays open while a shutdown closes the public port, so that active requests can still refresh. It always reaches
 * this process, whatever address the public port is bound to. It does not keep the process alive. Resolves with its origin.
 */
export async function openLoopbackListener(
  requests: ActiveRequests,
  publicOrigin: string,
): Promise<string> {
  const listener = createServer((socket: Socket) => {
    if (requests.server) requests.server.emit('connection', socket)
    else forward(socket, publicOrigin)
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  listener.unref()
  const address = listener.address()
  if (typeof address !== 'object' || address === null) throw new Error('the listener has no port')
  return `http://127.0.0.1:${address.port}`
}

/**
 * Forwards a connection to the public port. The HTTP server is known only from its first request, and that may have come before
 * requests were tracked.
 */
function forward(socket: Socket, publicOrigin: string): void {
  const { hostname, port } = new URL(publicOrigin)
  // A failure closes both sides, and middleware handles it.
  pipeline(socket, connect(Number(port), hostname), socket, () => {})
}
