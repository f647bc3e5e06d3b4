import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A load balancer of the simplest kind: in turn, over kept connections, and to the next server only where no connection came about. */
export interface Balancer {
  readonly origin: string
  /** The ports of the servers behind it. */
  targets: readonly number[]
  /** Every other failure, which a client would see. */
  readonly failures: readonly string[]
  /** How often a server could not be connected to. */
  readonly refusals: number
  close(): Promise<void>
}

export async function openBalancer(): Promise<Balancer> {
  // Few, and used in turn: within a server's SHUTDOWN_DELAY each is used, and so told that it ends.
  const agent = new Agent({ keepAlive: true, scheduling: 'fifo', maxSockets: 4 })
  const failures: string[] = []
  let refusals = 0
  let turn = 0

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const start = turn++
    for (let tries = 0; tries < balancer.targets.length; tries++) {
      const port = balancer.targets[(start + tries) % balancer.targets.length]
      try {
        return await forward({ agent, port, incoming, body: Buffer.concat(chunks), outgoing })
      } catch (error) {
        const { syscall, message } = error as NodeJS.ErrnoException
        // Refused, or reset by a port that closed in that instant: nothing was sent, so nothing can have been heard.
        if (syscall === 'connect') {
          refusals += 1
          continue
        }
        failures.push(`${incoming.method} ${incoming.url} at ${port}: ${message}`)
        outgoing.destroy()
        return
      }
    }
    failures.push(`${incoming.method} ${incoming.url}: refused by all`)
    outgoing.destroy()
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error) => failures.push(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const balancer: Balancer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: [],
    failures,
    get refusals() {
      return refusals
    },
    close() {
      agent.destroy()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
  return balancer
}

interface Onward {
  readonly agent: Agent
  readonly port: number | undefined
  readonly incoming: IncomingMessage
  readonly body: Buffer
  readonly outgoing: ServerResponse
}

function forward({ agent, port, incoming, body, outgoing }: Onward): Promise<void> {
  return new Promise((resolve, reject) => {
    const { method, url, headers } = incoming
    const { connection: _, 'transfer-encoding': __, ...kept } = headers
    const onward = request({ host: '127.0.0.1', port, method, path: url, agent, headers: kept })
    onward.once('error', reject)
    onward.once('response', (answer) => {
      const { connection: _, 'keep-alive': __, ...passed } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 502, passed)
      answer.once('error', reject).once('end', resolve).pipe(outgoing)
    })
    onward.end(body)
  })
}
