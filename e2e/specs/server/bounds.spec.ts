import { askRaw, headOf, openRaw, type RawConnection } from '@/e2e/support/clients/raw-connection'
import { signInOverHttp } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'

const WEBSOCKET = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
}
const H2C = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' }
const BODY = 9_500_000
const EVERYWHERE = [
  '/',
  '/sign-in',
  '/dashboard',
  '/api/auth/login',
  '/api/me',
  '/oauth/token',
  '/nowhere',
]

const EVERY_ANSWER = [
  ...['x-content-type-options', 'x-frame-options', 'referrer-policy', 'permissions-policy'],
  ...['cross-origin-opener-policy', 'cross-origin-resource-policy', 'x-request-id'],
]

test('A whole URL in the request line is reduced to its path', { tag: '@F36' }, async ({
  server: { port },
}) => {
  for (const origin of ['http://localhost', 'http://evil.example', 'https://evil.example:81']) {
    expect(await askRaw(port, `GET ${origin}/api/health`)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await askRaw(port, `GET ${origin}/sign-in?next=/devices`)).toMatch(/^HTTP\/1\.1 200 /)
    const gated = await askRaw(port, `GET ${origin}/dashboard?a=b`)
    expect(gated).toMatch(/^HTTP\/1\.1 303 [\s\S]*\/sign-in\?next=%2Fdashboard%3Fa%3Db\r?$/im)
    for (const rest of ['', '?a', '/dashboard/', '//dashboard', '/a//b', '#x', '/%2f/x', '/\\x']) {
      expect(await askRaw(port, `GET ${origin}${rest}`)).not.toContain('evil')
    }
  }
})

test('An upgrade that is not spoken is ignored: answered over HTTP/1.1, as everything that follows', {
  tag: '@F30',
}, async ({ server }) => {
  const { port } = server
  for (const upgrade of [H2C, WEBSOCKET, { Connection: 'Upgrade', Upgrade: 'TLS/1.0, foo/2' }]) {
    const connection = await openRaw(port, headOf('GET /api/health', upgrade))
    expect(await connection.head()).toMatch(/^HTTP\/1\.1 200 /)
    connection.socket.write(headOf('GET /api/me'))
    await expect.poll(connection.received).toMatch(/HTTP\/1\.1 401 /)
    connection.socket.destroy()
  }
  const user = await server.register()
  const body = JSON.stringify({ username: user.name, password: user.password })
  const headers = { ...H2C, 'Content-Type': 'application/json', 'Content-Length': `${body.length}` }
  const post = await openRaw(port, headOf('POST /api/auth/login', headers) + body)
  expect(await post.head()).toMatch(/^HTTP\/1\.1 200 [\s\S]*refresh_token=/)
  post.socket.destroy()
})

test('Sockets that ask for a websocket are answered, and do not keep a server from an orderly end', {
  tag: '@F40',
}, async ({ startServer }) => {
  const server = await startServer({ env: { SHUTDOWN_DELAY: '0' } })
  const open = () =>
    Promise.all(
      EVERYWHERE.flatMap((path) =>
        [0, 1, 2].map(() => openRaw(server.port, headOf(`GET ${path}`, WEBSOCKET))),
      ),
    )
  const connections = await open()
  for (const connection of connections) expect(await connection.head()).toMatch(/^HTTP\/1\.1 \d/)
  server.signal('SIGTERM')
  expect(await server.ended()).toBe(0)
  expect(server.output()).not.toContain('stopped_short')
})

test('A body that says it is too large is refused on every path, before it is read', {
  tag: '@F39',
}, async ({ server: { port } }) => {
  for (const path of EVERYWHERE) {
    const connection = await openRaw(port, headOf(`POST ${path}`, { 'Content-Length': `${BODY}` }))
    expect(await connection.head()).toMatch(
      /^HTTP\/1\.1 413 [\s\S]*x-content-type-options: nosniff/i,
    )
    connection.socket.destroy()
  }
})

test('Two hundred posts that do not end take no memory, however they are sent', {
  tag: '@F39',
}, async ({ startServer }) => {
  const token = 'a-token-of-the-metrics-that-is-long'
  const { port } = await startServer({ env: { METRICS_TOKEN: token } })
  const resident = async () => {
    const headers = { authorization: `Bearer ${token}` }
    const text = await (await fetch(`http://127.0.0.1:${port}/api/metrics`, { headers })).text()
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1])
  }
  await resident()
  const quiet = await resident()
  const open: RawConnection[] = []
  const megabyte = Buffer.alloc(1024 * 1024, 'x')
  for (let count = 0; count < 200; count++) {
    const isChunked = count % 2 === 0
    const size = isChunked ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': `${BODY}` }
    const begin = headOf(`POST ${EVERYWHERE[count % EVERYWHERE.length]}`, size)
    const connection = await openRaw(port, begin)
    for (let sent = 0; sent < 9; sent++) {
      if (isChunked) connection.socket.write(`${megabyte.length.toString(16)}\r\n`)
      connection.socket.write(megabyte)
      if (isChunked) connection.socket.write('\r\n')
    }
    open.push(connection)
  }
  for (const connection of open) await connection.head()
  expect((await resident()) - quiet).toBeLessThan(200 * 1024 * 1024)
  for (const { socket } of open) socket.destroy()
})

test('Every answer bears the security headers, each once, whichever layer writes it', async ({
  server,
  user,
}) => {
  const cookie = await signInOverHttp(server.origin, user)
  const paths = [
    ...['/', '/sign-in', '/dashboard', '/dashboard/', '//dashboard', '/nowhere', '/nowhere/'],
    ...['/api', '/api/', '/api/nowhere', '/api/nowhere/', '/api/me/', '/api/auth/nowhere'],
    ...['/oauth', '/oauth/', '/oauth/nowhere', '/.well-known/nowhere', '/.well-known/'],
    ...['/_next', '/_next/', '/_next/nowhere', '/_next/static/nowhere', '/_next/data/x/y.json'],
    ...['/_next/image', '/_next/image?url=%2Ficon.svg&w=64&q=75', '/icon.svg', '/favicon.ico'],
    ...['/%', '/%ff', '/a\\b', '/x%00', '/_next/%00', '/_error', '/404', '/500', '/_not-found'],
  ]
  const asked = paths.flatMap((path) => [
    { line: `GET ${path}`, jar: { cookie } },
    { line: `GET ${path}`, jar: {} },
    { line: `POST ${path}`, jar: {} },
  ])
  asked.push(
    { line: 'TRACE /', jar: {} },
    { line: 'OPTIONS *', jar: {} },
    { line: 'HEAD /', jar: {} },
  )
  for (const { line, jar } of asked) {
    const head = await askRaw(server.port, line, jar)
    const what = `${line}: ${head}`
    const count = (header: string) => (head.match(new RegExp(`^${header}: `, 'gim')) ?? []).length
    for (const header of EVERY_ANSWER) expect(count(header), `${header} of ${what}`).toBe(1)
    expect(count('content-security-policy'), what).toBe(line.includes('/_next/static/') ? 0 : 1)
    expect(head, what).not.toMatch(/^x-powered-by: |^HTTP\/1\.1 5/im)
  }
})

test('Every line that a running server prints is a line of its log, whatever came in', {
  tag: '@F45',
}, async ({ startServer }) => {
  const server = await startServer({ env: { LOG_LEVEL: 'trace' } })
  const line = '%0A%7B%22level%22:%22fatal%22,%22event%22:%22forged%22%7D%0A'
  const forged = '{"level":"fatal","event":"forged"}'
  for (const path of [
    `/_next/image?url=http://localhost/${line}&w=64&q=75`,
    `/_next/image?url=/${line}&w=64&q=75`,
    `/${line}`,
    `/sign-in?next=${line}`,
    `/_next/data/${line}/x.json`,
    `/%${line}`,
  ]) {
    for (const method of ['GET', 'POST', 'OPTIONS']) await askRaw(server.port, `${method} ${path}`)
    for (const header of [
      'next-action',
      'next-router-state-tree',
      'rsc',
      'next-url',
      'content-type',
    ]) {
      await askRaw(server.port, `POST ${path}`, { [header]: forged })
    }
  }
  const [, ...lines] = server
    .output()
    .trim()
    .split(/\n(?={"level":"\w+","time":"[^"]+","event":"started")/)
  const printed = lines.join('\n').split('\n')
  expect(printed.length).toBeGreaterThan(1)
  for (const text of printed) expect(JSON.parse(text)).not.toMatchObject({ event: 'forged' })
  const image = await askRaw(server.port, 'GET /_next/image?url=%2Ficon.svg&w=64&q=75')
  expect(image).toMatch(/^HTTP\/1\.1 404 /)
})

test('Under /api, /oauth and /.well-known a path that does not exist is answered with 404 in JSON', async ({
  server,
  user,
}) => {
  const cookie = await signInOverHttp(server.origin, user)
  for (const path of ['/api/nowhere', '/api/auth/nowhere', '/oauth/x/y', '/.well-known/nowhere']) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method,
        headers: { cookie, origin: server.origin },
      })
      expect(await answer.json(), `${method} ${path}`).toEqual({
        error: { code: 'NOT_FOUND', message: expect.any(String), status: 404 },
      })
      expect(answer.status).toBe(404)
    }
  }
})
