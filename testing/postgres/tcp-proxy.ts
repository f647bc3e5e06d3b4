import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The first byte of the message with which a client hangs up. */
const TERMINATE = 'X'.charCodeAt(0)

/** The network between a program and the server, which a test may cut. */
export interface TcpProxy {
  /** `url`, by way of this proxy. */
  url(url: string): string
  /** Leads to another port from now on: connections that are open are cut. */
  redirectTo(port: number): void
  /** The next answer of the server is lost, and the connection with it: what was asked for has been done. */
  dropNextResponse(): void
  /** Connections that are open now carry nothing any more, and nobody is told; new ones do. */
  stall(): void
  /** How often something was asked on a connection that carries nothing. */
  unanswered(): number
  close(): Promise<void>
}

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
