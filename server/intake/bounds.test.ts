import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { boundIntake, type IntakeLimits } from './bounds'
import { watchHttpServers } from './http-servers'

const MAX = 1000
const LIMITS = { maxBytes: MAX, bodyMs: 60_000 }
const HOST = 'Host: x\r\n'
const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Reads a body as middleware, a route handler and a server action do. */
const READERS: Record<string, (request: IncomingMessage) => Promise<string>> = {
  async data(request) {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    await once(request, 'end')
    return Buffer.concat(chunks).toString()
  },
  web: (request) => new Response(Readable.toWeb(request) as ReadableStream).text(),
  // Next.js makes a `Request` for a route handler, and its constructor refuses a stream that was read.
  async request(request) {
    const body = request as unknown as ReadableStream
    return new Request('http://x', { method: 'POST', body, duplex: 'half' } as RequestInit).text()
  },
  async iterator(request) {
    let text = ''
    for await (const chunk of request) text += chunk
    return text
  },
  async late(request) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    return READERS.data?.(request) ?? ''
  },
}

/** A server like that of Next.js, which listens for upgrades and leaves them open. */
async function serve(limits: IntakeLimits = LIMITS, read = READERS.data) {
  const heard: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    heard.push(`${request.method} ${request.url}`)
    void read?.(request).then((body) => response.end(`[${body}]`))
  })
  server.on('upgrade', () => {})
  ends.push(watchHttpServers((found) => found === server && boundIntake(found, limits)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => void server.close().closeAllConnections())
  return { server, heard }
}

async function open(server: Server, text: string): Promise<Socket & { answers: () => string }> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  ends.push(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return Object.assign(socket, { answers: () => received })
}

/** Waits for `close`. Unlike `once`, it does not reject on `error`. */
function closed(stream: Readable | Socket): Promise<void> {
  return new Promise((resolve) => stream.once('close', () => resolve()))
}

const post = (body: string, path = '/') =>
  `POST ${path} HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`
const chunked = (...chunks: string[]) =>
  `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunks
    .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
    .join('')}`
const END = '0\r\n\r\n'
const get = (path = '/', headers = '') => `GET ${path} HTTP/1.1\r\n${HOST}${headers}\r\n`

describe.each(Object.keys(READERS))('a body, for a handler that reads it by %s,', (name) => {
  const read = READERS[name]

  it.each([
    ['as it was sent', post('hello'), '[hello]'],
    ['of the largest size', post('x'.repeat(MAX)), `[${'x'.repeat(MAX)}]`],
    ['in chunks', chunked('hel', 'lo') + END, '[hello]'],
    ['in chunks, empty', chunked() + END, '[]'],
    ['empty', post(''), '[]'],
    ['after its head', [post('hello').slice(0, -5), 'hello'], '[hello]'],
    [
      'in chunks that arrive one by one',
      [chunked(), '3\r\nhel\r\n', '2\r\nlo\r\n', END],
      '[hello]',
    ],
    ['in chunks, empty, that end late', [chunked(), END], '[]'],
  ])('comes %s', async (_, text, expected) => {
    const { server } = await serve(LIMITS, read)
    const [begin = '', ...rest] = [text].flat()
    const socket = await open(server, begin)
    for (const part of rest) {
      // Once another connection has its response, the server has read the parts so far.
      await expect.poll((await open(server, get('/other'))).answers).toContain('200')
      socket.write(part)
    }
    await expect.poll(socket.answers).toContain(expected)
    // The connection can be used again.
    socket.write(get('/next'))
    await expect.poll(() => socket.answers().match(/HTTP\/1.1 200/g)).toHaveLength(2)
  })

  it('reaches the handler once it is complete', async () => {
    const { server, heard } = await serve(LIMITS, read)
    const socket = await open(server, post('hello').slice(0, -1))
    const other = await open(server, get('/other'))
    await expect.poll(other.answers).toContain('200')
    expect(heard).toEqual(['GET /other'])
    socket.write('o')
    await expect.poll(socket.answers).toContain('[hello]')
  })
})

describe('F39 a body', () => {
  it('with a Content-Length that is too large is refused unread', async () => {
    const { server, heard } = await serve()
    const socket = await open(server, post('x'.repeat(MAX + 1)).slice(0, 80))
    await expect.poll(socket.answers).toContain('"code":"BODY_TOO_LARGE"')
    expect(socket.answers()).toMatch(/^HTTP\/1\.1 413 /)
    expect(heard).toEqual([])
  })

  it('with chunks that exceed the size is refused before its end', async () => {
    const { server, heard } = await serve()
    const socket = await open(server, chunked('x'.repeat(MAX), 'y'))
    await expect.poll(socket.answers).toContain('"code":"BODY_TOO_LARGE"')
    expect(heard).toEqual([])
  })

  it('that was refused may still be sent, so that its sender can read the response', async () => {
    const { server } = await serve()
    const socket = await open(server, post('x'.repeat(300_000)) + get('/next'))
    await expect.poll(socket.answers).toMatch(/^HTTP\/1\.1 413 [\s\S]*HTTP\/1\.1 200 /)
  })

  it('that does not end after it was refused is cut off', async () => {
    const { server } = await serve()
    const socket = await open(server, chunked('x'.repeat(MAX), 'y'))
    const more = setInterval(() => socket.write(`8000\r\n${'z'.repeat(0x8000)}\r\n`), 1)
    await closed(socket)
    clearInterval(more)
    expect(socket.answers()).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('that does not arrive in time is refused with 408', async () => {
    const { server, heard } = await serve({ ...LIMITS, bodyMs: 1 })
    const socket = await open(server, post('hello').slice(0, -1))
    await closed(socket)
    expect(socket.answers()).toMatch(/^HTTP\/1\.1 408 [\s\S]*Connection: close[\s\S]*BODY_TOO_LATE/)
    expect(heard).toEqual([])
  })

  it('is dropped when its sender disconnects', async () => {
    const { server, heard } = await serve()
    const socket = await open(server, post('hello').slice(0, -1))
    const [request] = (await once(server, 'request')) as [IncomingMessage]
    await new Promise(setImmediate)
    expect(request.listenerCount('readable')).toBe(1)
    socket.destroy()
    await closed(request)
    expect(request.listenerCount('readable')).toBe(0)
    expect(heard).toEqual([])
  })

  it('that expects 100 Continue gets it, unless it is too large', async () => {
    const { server, heard } = await serve()
    const expecting = (text: string) => text.replace(HOST, `${HOST}Expect: 100-continue\r\n`)
    const small = await open(server, expecting(post('hello')).slice(0, -5))
    await expect.poll(small.answers).toContain('100 Continue')
    small.write('hello')
    await expect.poll(small.answers).toContain('[hello]')
    const large = await open(server, expecting(post('x'.repeat(MAX + 1))).slice(0, 99))
    await closed(large)
    expect(large.answers()).toMatch(/^HTTP\/1\.1 413 /)
    expect(heard).toEqual(['POST /'])
  })
})

describe('an upgrade', () => {
  it.each([
    ['F40', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n'],
    ['F30', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n'],
  ])('%s is ignored, even on the first connection', async (_, headers) => {
    const { server } = await serve()
    const socket = await open(server, get('/', headers))
    await expect.poll(socket.answers).toMatch(/^HTTP\/1\.1 200 /)
    expect(socket.answers()).toContain('[]')
  })
})

it('F45 the image endpoint is not served', async () => {
  const { server, heard } = await serve()
  const socket = await open(server, get('/_next/image?url=%2Fa&w=64&q=75'))
  await expect.poll(socket.answers).toMatch(/^HTTP\/1\.1 404 /)
  expect(heard).toEqual([])
})

it('a connection has a timeout in every state', async () => {
  const { server } = await serve()
  await expect.poll((await open(server, get())).answers).toContain('200')
  const { headersTimeout, requestTimeout, timeout, keepAliveTimeout } = server
  const deadlines = [headersTimeout, requestTimeout, timeout, keepAliveTimeout]
  for (const deadline of deadlines) expect(deadline).toBeGreaterThan(0)
})
