import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens at the address that a forged Host header names, and counts the requests that reach it. */
export async function openCaptureServer() {
  let visits = 0
  const server = createServer((_, answer) => {
    visits += 1
    answer.end('{"token":"x"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { host: `127.0.0.1:${port}`, visits: () => visits, close }
}
