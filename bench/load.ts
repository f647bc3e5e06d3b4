import { Agent, request } from 'node:http'

/** One request of a load: where to, with which cookies, and what to do with the cookies that come back. */
export interface Shot {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly cookie: string
  readonly received?: (setCookies: readonly string[]) => void
}

/** The public origin of every server here: a page that is asked for at another host is sent there. */
export const APP_ORIGIN = 'http://localhost:3000'
const CONNECTIONS = 16
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

/** Fires `count` shots over sixteen connections. Returns the requests a second. Throws if one is not answered 200. */
export async function fire(
  port: number,
  count: number,
  next: (index: number) => Shot,
): Promise<number> {
  let fired = 0
  const from = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (fired < count) await send(port, next(fired++))
    }),
  )
  return count / ((performance.now() - from) / 1000)
}

function send(port: number, { method, path, cookie, received }: Shot): Promise<void> {
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
