import type { Worker } from 'node:cluster'
import type { Server } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { refuseConnections, type Signal } from '@/server/process/shutdown'

// The primary process accepts connections, and hands each to one of the processes that serve. `node:cluster` can do that by
// itself, but resets the connections that it holds when the last process closes the port.

type Message = { readonly rekindle: 'connection' } | { readonly rekindle: 'last-connection' }

/** The primary's part. */
export interface Connections {
  /** Resolves with the port. Rejects if it cannot be had. */
  listen(port: number, hostname: string | undefined): Promise<number>
  /** Refuses new connections, on SIGTERM after `delayMs`, and then tells the processes that there are no more. */
  end(signal: Signal, delayMs: number): Promise<void>
}

/** Hands connections to the processes of `serving` in turn. Without any, connections are closed. */
export function handOut(serving: ReadonlySet<Worker>): Connections {
  let turn = 0
  // Not read from here, so that the process that serves gets all that is sent.
  const listener = createServer({ pauseOnConnect: true }, (socket) => {
    const worker = [...serving][turn++ % serving.size]
    if (worker === undefined) return void socket.destroy()
    const message: Message = { rekindle: 'connection' }
    worker.send(message, socket, { keepOpen: false }, (error) => {
      if (error !== null) socket.destroy()
    })
  })
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        listener.once('error', reject).listen({ port, host }, () => {
          const address = listener.address()
          resolve(typeof address === 'object' && address !== null ? address.port : port)
        })
      }),
    async end(signal, delayMs) {
      await refuseConnections(listener, signal, delayMs)
      listener.close()
      // Messages keep their order, so this one comes after the last connection.
      const message: Message = { rekindle: 'last-connection' }
      for (const worker of serving) worker.send(message, () => {})
    },
  }
}

/** The part of a process that serves: gives its server the connections. Resolves once there will be no more. */
export function receiveConnections(server: Server): Promise<void> {
  return new Promise((resolve) => {
    process.on('message', (message: Message, socket: Socket | undefined) => {
      // A client that has gone by now leaves no socket.
      if (message?.rekindle === 'connection' && socket) server.emit('connection', socket)
      if (message?.rekindle === 'last-connection') resolve()
    })
  })
}
