import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { quantile } from './statistics'

/** One request of a load. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Called with the response's headers, and with its body if the request asks for it. */
  readonly received?: (headers: IncomingHttpHeaders, body: string) => void
  readonly wantsBody?: boolean
}

/** How a load went. Latencies are milliseconds. */
export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
}

/** The public origin of every server under test. Middleware redirects pages that are requested at another host. */
export const APP_ORIGIN = 'http://localhost:3000'
const HOST = new URL(APP_ORIGIN).host
const CONNECTIONS = 16

/**
 * Sends `count` requests over new connections, sixteen unless told. Throws if a response is not a 200.
 */
export async function runLoad(
  port: number,
  count: number,
  next: (index: number) => LoadRequest,
  connections = CONNECTIONS,
): Promise<LoadResult> {
  // A server that was frozen closes its idle connections once it wakes, so none is used again.
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const latencies: number[] = []
  let sent = 0
  const from = performance.now()
  try {
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (sent < count) {
          const began = performance.now()
          await send(agent, port, next(sent++))
          latencies.push(performance.now() - began)
        }
      }),
    )
    const requestsPerSecond = count / ((performance.now() - from) / 1000)
    return { requestsPerSecond, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) }
  } finally {
    agent.destroy()
  }
}

/** Requests a page once, and returns its body. Throws if the response is not a 200. */
export async function fetchOnce(port: number, asked: LoadRequest): Promise<string> {
  const agent = new Agent()
  let text = ''
  const received = (headers: IncomingHttpHeaders, body: string) => {
    asked.received?.(headers, body)
    text = body
  }
  await send(agent, port, { ...asked, received, wantsBody: true })
  return text
}

/** Sends one request. Rejects if the response is not a 200. */
export function send(agent: Agent, port: number, asked: LoadRequest): Promise<void> {
  const { method, path, cookie, body, received, wantsBody } = asked
  return new Promise((resolve, reject) => {
    const headers = {
      host: HOST,
      accept: 'text/html',
      ...(cookie === undefined ? {} : { cookie }),
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      ...asked.headers,
    }
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers, agent },
      (answer) => {
        if (answer.statusCode !== 200) {
          const { location = '' } = answer.headers
          reject(new Error(`${method} ${path}: ${answer.statusCode} ${location}`))
        }
        let text = ''
        if (wantsBody) answer.setEncoding('utf8').on('data', (part: string) => (text += part))
        else answer.resume()
        answer.once('error', reject).once('end', () => {
          received?.(answer.headers, text)
          resolve()
        })
      },
    )
    outgoing.once('error', reject).end(body)
  })
}
