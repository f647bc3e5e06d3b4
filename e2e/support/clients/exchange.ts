import { once } from 'node:events'
import { connect } from 'node:net'

/** A request as it is sent: its first line, more header lines, and a body. */
export interface Exchange {
  readonly line: string
  readonly headers?: readonly string[]
  /** Sent with its length. */
  readonly body?: string
  /** Sent after the head as it stands, without its length. */
  readonly after?: string
}

/** Every byte that a server answers to one request on a connection of its own. */
export async function exchange(
  port: number,
  { line, headers = [], body, after = '' }: Exchange,
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const named = headers.some((header) => /^host:/i.test(header)) ? [] : ['Host: localhost']
  const head = [`${line} HTTP/1.1`, ...named, 'Connection: close', ...length, ...headers]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body ?? after}`)
  let text = ''
  socket.setEncoding('latin1')
  for await (const chunk of socket) text += chunk
  return text
}
