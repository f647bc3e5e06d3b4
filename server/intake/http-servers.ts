import 'server-only'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Server } from 'node:http'
import type { Socket } from 'node:net'

const CONNECTED = 'net.server.socket'
const REQUESTED = 'http.server.request.start'

/**
 * Calls `prepare` once with each HTTP server of this process, before that server reads anything from the connection that
 * makes it known. Next.js makes its server itself and hands it to nobody; Node announces connections and requests on
 * public channels. Returns a function that stops watching.
 */
export function watchHttpServers(prepare: (server: Server) => void): () => void {
  const known = new WeakSet<Server>()
  const see = (server: unknown) => {
    if (!(server instanceof Server) || known.has(server)) return
    known.add(server)
    prepare(server)
  }
  const connected = (message: unknown) => {
    const { socket } = message as { socket: Socket & { readonly server?: unknown } }
    see(socket.server)
  }
  // A connection may be older than the watch.
  const requested = (message: unknown) => see((message as { server: unknown }).server)
  subscribe(CONNECTED, connected)
  subscribe(REQUESTED, requested)
  return () => {
    unsubscribe(CONNECTED, connected)
    unsubscribe(REQUESTED, requested)
  }
}
