import { Agent, request } from 'node:http'

/** One request of a load. `received` is called with the cookies that the response sets. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly cookie: string
  readonly received?: (setCookies: readonly string[]) => void
}

/** The public origin of every server under test. Middleware redirects pages that are requested at another host. */
export const APP_ORIGIN = 'http://localhost:3000'
const CONNECTIONS = 16
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

/** Sends `count` requests over sixteen connections. Returns requests per second. Throws if a response is not a 200. */
export async function runLoad(
  port: number,
  count: number,
  next: (index: number) => LoadRequest,
): Promise<number> {
  let sent = 0
  const from = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (sent < count) await send(port, next(sent++))
    }),
  )
  return count / ((performance.now() - from) / 1000)
}

function send(port: number, { method, path, cookie, received }: LoadRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { host: new URL(APP_ORIGIN).host, cookie, accept: 'text/html' }
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers, agent },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${method} ${path}: ${answer.statusCode}`))
        received?.(answer.headers['set-cookie'] ?? [])
        answer.resume().once('end', resolve).once('error', reject)
      },
    )
    outgoing.once('error', reject).end()
  })
}
