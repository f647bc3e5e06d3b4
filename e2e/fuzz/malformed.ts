import { connect } from 'node:net'

const WAIT_MS = 1000
const HOST = 'Host: localhost\r\n'
const FORM = 'Content-Type: application/x-www-form-urlencoded\r\n'

/** Requests that no client library sends. The parser refuses most of them, and none may write to the database. */
export const MALFORMED: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'no HTTP at all', text: '\u0016\u0003\u0001\u0000\r\n\r\n' },
  { name: 'HTTP/0.9', text: 'GET /protected\r\n\r\n' },
  { name: 'HTTP/2 preface', text: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
  { name: 'no Host', text: 'POST /refresh HTTP/1.1\r\n\r\n' },
  { name: 'two Hosts', text: `POST /refresh HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n` },
  { name: 'an unknown method', text: `REFRESH /refresh HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'CONNECT', text: `CONNECT evil.example:443 HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'an asterisk', text: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'a target without a slash', text: `GET protected HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'a space in the target', text: `GET /pro tected HTTP/1.1\r\n${HOST}\r\n` },
  { name: 'NUL in a header', text: `GET /protected HTTP/1.1\r\n${HOST}Cookie: a=\u0000\r\n\r\n` },
  { name: 'a folded header', text: `GET /protected HTTP/1.1\r\n${HOST}Cookie: a\r\n =b\r\n\r\n` },
  {
    name: 'a space before the colon',
    text: `GET /protected HTTP/1.1\r\n${HOST}Cookie : a=b\r\n\r\n`,
  },
  { name: 'a header without a name', text: `GET /protected HTTP/1.1\r\n${HOST}: x\r\n\r\n` },
  {
    name: 'headers over the limit',
    text: `GET /protected HTTP/1.1\r\n${HOST}X: ${'A'.repeat(20_000)}\r\n\r\n`,
  },
  {
    name: 'two lengths',
    text: `POST /oauth/revoke HTTP/1.1\r\n${HOST}${FORM}Content-Length: 7\r\nContent-Length: 9\r\n\r\ntoken=abc`,
  },
  {
    name: 'a length and chunks',
    text: `POST /oauth/revoke HTTP/1.1\r\n${HOST}${FORM}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  },
  {
    name: 'a negative length',
    text: `POST /oauth/revoke HTTP/1.1\r\n${HOST}${FORM}Content-Length: -1\r\n\r\n`,
  },
  {
    name: 'a length that is no number',
    text: `POST /oauth/revoke HTTP/1.1\r\n${HOST}${FORM}Content-Length: 0x10\r\n\r\n`,
  },
  {
    name: 'a broken chunk',
    text: `POST /oauth/token HTTP/1.1\r\n${HOST}${FORM}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`,
  },
  {
    name: 'a body that ends early',
    text: `POST /oauth/token HTTP/1.1\r\n${HOST}${FORM}Content-Length: 900\r\n\r\ngrant_type=`,
  },
  {
    name: 'two encodings',
    text: `POST /oauth/token HTTP/1.1\r\n${HOST}${FORM}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  },
  {
    name: 'an upgrade',
    text: `GET /protected HTTP/1.1\r\n${HOST}Upgrade: h2c\r\nConnection: upgrade\r\n\r\n`,
  },
]

/** The first line of the response. Empty if the server closes the connection, or still waits after a second. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    const end = () => {
      socket.destroy()
      resolve(answer.split('\r\n', 1)[0] ?? '')
    }
    socket.setTimeout(WAIT_MS, end)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (answer.includes('\r\n')) end()
    })
    socket.once('error', end).once('close', end)
    socket.write(text, 'latin1')
  })
}
