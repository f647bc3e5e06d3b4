import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { request as requestOverTls } from 'node:https'

/** Where a request is sent on to. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly overTls: boolean
}

/** A request to send on. */
export interface Onward {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
}

/** A response as it was received. Its body is complete, and not compressed unless the client had no choice. */
export interface Received {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  rawHeaders: string[]
  readonly body: Buffer
}

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'content-length',
])
/** Request headers that the proxy drops, so that recorded bodies are not compressed. */
const NOT_FORWARDED = new Set([...HOP_BY_HOP, 'accept-encoding'])

/** Sends a request and reads the response. With `pause`, the second half of the body waits for it. */
export function forward(
  { host, port, overTls }: Target,
  { method, url, rawHeaders: sent }: Onward,
  body: Buffer,
  pause?: Promise<void>,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path: url, agent: false, setHost: false }
    const onward = overTls
      ? requestOverTls({ ...options, servername: 'localhost', rejectUnauthorized: false })
      : request(options)
    for (let i = 0; i < sent.length; i += 2) {
      const [name = '', value = ''] = sent.slice(i, i + 2)
      if (!NOT_FORWARDED.has(name.toLowerCase())) onward.appendHeader(name, value)
    }
    if (body.length > 0) onward.setHeader('content-length', body.length)
    onward.once('error', reject)
    onward.once('response', (answer) => {
      readAll(answer).then((content) => {
        const rawHeaders: string[] = []
        for (let i = 0; i < answer.rawHeaders.length; i += 2) {
          const [name = '', value = ''] = answer.rawHeaders.slice(i, i + 2)
          if (!HOP_BY_HOP.has(name.toLowerCase())) rawHeaders.push(name, value)
        }
        rawHeaders.push('connection', 'close')
        if (content.length > 0) rawHeaders.push('content-length', String(content.length))
        const { statusCode: status = 502, headers } = answer
        resolve({ status, headers, rawHeaders, body: content })
      }, reject)
    })
    if (!pause) return void onward.end(body)
    const half = body.length >> 1
    onward.write(body.subarray(0, half))
    pause.then(() => onward.end(body.subarray(half)), reject)
  })
}

/** Reads a body to its end. */
export async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
