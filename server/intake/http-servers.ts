import 'server-only'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import type { Socket } from 'node:net'

const CONNECTED = 'net.server.socket'
const REQUESTED = 'http.server.request.start'

/**
 * Calls `onServer` once with each HTTP server of this process, before the server reads from the connection by which it is
 * found. Next.js creates its server itself and does not expose it, but Node publishes connections and requests on diagnostics
 * channels. Returns a function that stops watching.
 */
export function watchHttpServers(onServer: (server: Server) => void): () => void {
  const known = new WeakSet<Server>()
  const see = (server: unknown) => {
    if (!(server instanceof Server) || known.has(server)) return
    known.add(server)
    onServer(server)
  }
  const connected = (message: unknown) => {
    const { socket } = message as { socket: Socket & { readonly server?: unknown } }
    see(socket.server)
  }
  // A connection may have been opened before the subscription.
  const requested = (message: unknown) => see((message as { server: unknown }).server)
  subscribe(CONNECTED, connected)
  subscribe(REQUESTED, requested)
  return () => {
    unsubscribe(CONNECTED, connected)
    unsubscribe(REQUESTED, requested)
  }
}
