import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A minimal load balancer: round robin over kept-alive connections, without retries. */
export interface Balancer {
  readonly origin: string
  /** Ports of the servers. */
  targets: readonly number[]
  /** Every failure that a client would see. */
  readonly failures: readonly string[]
  close(): Promise<void>
}

export async function openBalancer(): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const failures: string[] = []
  let turn = 0

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const port = balancer.targets[turn++ % balancer.targets.length]
    try {
      await forward({ agent, port, incoming, body: Buffer.concat(chunks), outgoing })
    } catch (error) {
      failures.push(`${incoming.method} ${incoming.url} at ${port}: ${(error as Error).message}`)
      outgoing.destroy()
    }
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error) => failures.push(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const balancer: Balancer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets: [],
    failures,
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
