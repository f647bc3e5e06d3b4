import type { IncomingMessage, Server } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Target } from './proxy-forward'

/**
 * Lets a browser use the server as its proxy for more than plain requests: connections that it asks to be opened (CONNECT,
 * RFC 9110 §9.3.6), and WebSockets. A connection to `target` without TLS is served here, so that faults reach it too; any other
 * is passed through unread.
 */
export function serveTunnels(server: Server, target: Target, isTarget: (url: URL) => boolean) {
  server.on('connect', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
    const address = new URL(`http://${asked.url}`)
    socket.on('error', () => socket.destroy())
    if (isTarget(address) && !target.overTls) {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      if (head.length > 0) socket.unshift(head)
      server.emit('connection', socket)
      return
    }
    const onward = connect(Number(address.port || 80), address.hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      join(socket, onward, head)
    })
    onward.on('error', () => socket.destroy())
  })
  server.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const onward = connect(target.port, target.host, () => {
      onward.write(headOf(asked))
      join(socket, onward, head)
    })
    onward.on('error', () => socket.destroy())
  })
}

function join(one: Duplex, other: Duplex, head: Buffer): void {
  other.write(head)
  one.pipe(other).pipe(one)
  one.once('close', () => other.destroy())
  other.once('close', () => one.destroy())
}

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
