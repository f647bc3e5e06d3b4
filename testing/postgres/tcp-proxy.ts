import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The first byte of PostgreSQL's Terminate message, with which a client closes the connection. */
const TERMINATE = 'X'.charCodeAt(0)

/** A TCP proxy between the program and the server, through which a test makes the network fail. */
export interface TcpProxy {
  /** The URL that reaches the database of `url` through the proxy. */
  url(url: string): string
  /** Forwards to another port from now on, and closes the open connections. */
  redirectTo(port: number): void
  /** Drops the server's next response and closes its connection: the statement was carried out, and its answer is lost. */
  dropNextResponse(): void
  /** Stops forwarding on the connections that are open now, without closing them. New connections work. */
  stall(): void
  /** How many messages clients have sent on stalled connections. */
  unanswered(): number
  /** Closes the proxy and every connection. */
  close(): Promise<void>
}

/** Opens a proxy to `port` of the loopback interface. */
export async function openTcpProxy(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  const stalled = new Set<Socket>()
  let unanswered = 0
  let dropsNext = false
  let target = port
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const proxy = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.on('data', (bytes) => {
        if (stalled.has(from)) {
          if (from === near && bytes[0] !== TERMINATE) unanswered += 1
        } else if (from === far && dropsNext) {
          dropsNext = false
          near.destroy()
        } else to.write(bytes)
      })
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port: here } = proxy.address() as AddressInfo

  return {
    url: (url) => url.replace(`:${port}/`, `:${here}/`),
    redirectTo(port) {
      target = port
      cut()
    },
    dropNextResponse() {
      dropsNext = true
    },
    stall() {
      for (const socket of open) stalled.add(socket)
    },
    unanswered: () => unanswered,
    async close() {
      proxy.close()
      cut()
      await once(proxy, 'close')
    },
  }
}
