import { connect, type Socket } from 'node:net'

/** A TCP connection for bytes that no client library sends. */
export interface RawConnection {
  readonly socket: Socket
  /** Everything received so far. */
  received(): string
  /** Resolves with the head of the first response, or with everything received if the connection closes first. */
  head(): Promise<string>
}

export async function openRaw(port: number, text: string | Buffer): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  const heads: ((head: string) => void)[] = []
  const settle = () => {
    for (const resolve of heads.splice(0)) resolve(received.split('\r\n\r\n', 1)[0] ?? '')
  }
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    if (received.includes('\r\n\r\n')) settle()
  })
  socket.on('error', () => {})
  socket.on('close', settle)
  await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve))
  socket.write(text)
  return {
    socket,
    received: () => received,
    head: () =>
      new Promise((resolve) => {
        heads.push(resolve)
        if (received.includes('\r\n\r\n') || socket.closed) settle()
      }),
  }
}

/** A complete request head, with its final blank line. */
export function headOf(line: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(([k, v]) => `${k}: ${v}`)
  return `${[`${line} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`
}

/** Sends a request without a body and resolves with the head of the response. */
export async function askRaw(
  port: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const connection = await openRaw(port, headOf(line, headers))
  const head = await connection.head()
  connection.socket.destroy()
  return head
}
