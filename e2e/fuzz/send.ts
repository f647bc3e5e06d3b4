import { Agent, request } from 'node:http'
import type { FuzzRequest } from './requests'

const ANSWERED_WITHIN_MS = 10_000
/** Just under the largest request head that Node's parser accepts. */
const HEAD_BYTES = 16_300

/** A request as it is sent. */
export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: Buffer
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Replaces `~names~` by their values and completes the head. */
export function spellOut(
  { method, path, headers, body, stretched }: FuzzRequest,
  values: Readonly<Record<string, string>>,
  port: number,
): WireRequest {
  const say = (text: string) =>
    text.replace(/~([\w-]+)~/g, (whole, name: string) => values[name] ?? whole)
  const bytes =
    body === null
      ? Buffer.alloc(0)
      : 'text' in body
        ? Buffer.from(say(body.text))
        : Buffer.from(say(Buffer.from(body.base64, 'base64').toString('latin1')), 'latin1')
  const raw = headers.flatMap(([name, value]) => [name, say(value)])
  if (!headers.some(([name]) => name === 'host')) raw.unshift('host', `127.0.0.1:${port}`)
  if (body !== null) raw.push('content-length', String(bytes.length))
  const url = say(path)
  if (stretched !== undefined) {
    const size = raw.reduce((sum, text) => sum + text.length + 2, method.length + url.length + 20)
    raw.unshift(stretched, prefixOf(stretched).padEnd(HEAD_BYTES - size - 60, 'A'))
  }
  return { method, path: url, headers: raw, body: bytes }
}

function prefixOf(header: string): string {
  if (header === 'cookie') return 'refresh_token='
  return header === 'authorization' ? 'Bearer ' : ''
}

export interface Sender {
  send(request: WireRequest): Promise<WireAnswer>
  close(): void
}

/** Opens a sender over kept-alive connections, so that ten thousand requests are not ten thousand handshakes. */
export function openSender(port: number, connections: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const options = { agent, port, host: '127.0.0.1', method, path }
        const asked = request({ ...options, headers: headers as never, setHost: false })
        asked.once('error', reject)
        asked.setTimeout(ANSWERED_WITHIN_MS, () => asked.destroy(new Error('waited too long')))
        asked.once('response', (answer) => {
          // The server refuses a large body before all of it is sent, and the rest of the upload may then fail.
          asked.off('error', reject).on('error', () => {})
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (chunk) => {
            text += chunk
          })
          answer.once('error', reject)
          answer.once('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
          )
        })
        asked.end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** The request as text, for the failure message. */
export function printable({ method, path, headers, body }: WireRequest): string {
  const lines = Array.from({ length: headers.length / 2 }, (_, index) =>
    headers.slice(2 * index, 2 * index + 2).join(': '),
  )
  const text = body.toString('utf8')
  const content = Buffer.from(text).equals(body) ? text : `(base64) ${body.toString('base64')}`
  return [`${method} ${path} HTTP/1.1`, ...lines, '', content].map(shorten).join('\n')
}

function shorten(line: string): string {
  return line.length < 1000 ? line : `${line.slice(0, 200)}… (${line.length} characters)`
}
