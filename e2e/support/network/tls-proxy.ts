import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificate } from './certificate'

/** A proxy that terminates TLS in front of a server and may change request headers. */
export interface TlsProxy {
  readonly origin: string
  /** The server's port, set once it listens. */
  target: number
  close(): Promise<void>
}

/** Opens a TLS proxy on localhost with its own certificate. `rewrite` returns headers to set on each request. */
export async function openTlsProxy(
  rewrite: (asked: IncomingMessage) => Record<string, string>,
): Promise<TlsProxy> {
  const server = createServer(await makeCertificate(), (incoming, outgoing) => {
    const onward = request({
      host: '127.0.0.1',
      port: proxy.target,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, ...rewrite(incoming) },
      agent: false,
    })
    onward.once('error', () => outgoing.destroy())
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const proxy: TlsProxy = {
    origin: `https://localhost:${port}`,
    target: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return proxy
}
