import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The first byte of the message with which a client hangs up. */
const TERMINATE = 'X'.charCodeAt(0)

/** The network between a program and the server, which a test may cut. */
export interface Wire {
  /** `url`, by way of this wire. */
  url(url: string): string
  /** Leads to another port from now on: connections that are open are cut. */
  leadTo(port: number): void
  /** The next answer of the server is lost, and the connection with it: what was asked for has been done. */
  loseNextAnswer(): void
  /** Connections that are open now carry nothing any more, and nobody is told; new ones do. */
  silence(): void
  /** How often something was asked on a connection that carries nothing. */
  unheard(): number
  close(): Promise<void>
}

export async function openWire(port: number): Promise<Wire> {
  const open = new Set<Socket>()
  const silent = new Set<Socket>()
  let unheard = 0
  let losesNext = false
  let target = port
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  const wire = createServer((near) => {
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
        if (silent.has(from)) {
          if (from === near && bytes[0] !== TERMINATE) unheard += 1
        } else if (from === far && losesNext) {
          losesNext = false
          near.destroy()
        } else to.write(bytes)
      })
    }
  })
  wire.listen(0, '127.0.0.1')
  await once(wire, 'listening')
  const { port: here } = wire.address() as AddressInfo

  return {
    url: (url) => url.replace(`:${port}/`, `:${here}/`),
    leadTo(port) {
      target = port
      cut()
    },
    loseNextAnswer() {
      losesNext = true
    },
    silence() {
      for (const socket of open) silent.add(socket)
    },
    unheard: () => unheard,
    async close() {
      wire.close()
      cut()
      await once(wire, 'close')
    },
  }
}
