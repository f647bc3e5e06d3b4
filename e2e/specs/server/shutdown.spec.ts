import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { cookieHeader, cookiePairs, signInOverHttp } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'
import { openBalancer } from '@/e2e/support/network/balancer'
import type { AppServer, User } from '@/e2e/support/server/server'

/** Middleware reaches its own process by default, as in production. */
const ALONE = { INTERNAL_ORIGIN: '', ACCESS_TOKEN_TTL: '15m', REFRESH_GRACE: '0' }
/** Time for a balancer, or a test, to notice the shutdown, and then for active requests on a slow machine. */
const LEISURELY = { SHUTDOWN_DELAY: '5s', SHUTDOWN_TIMEOUT: '300s' }
const CLIENTS = 24

/** Opens a connection and sends the beginning of a request. */
async function begin(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.setEncoding('utf8').write(text)
  return socket
}

/** Everything received until the server closes the connection. */
async function answerOn(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => 'connect'),
    once(socket, 'error').then(([error]) => error.code),
  ]).catch((error) => error.code)
  socket.destroy()
  return outcome === 'ECONNREFUSED'
}

const readiness = (port: number, agent: Agent) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/api/health/ready', agent }, (answer) => {
      answer.resume().once('end', () => resolve(answer))
    })
      .once('error', reject)
      .end()
  })

/** The status of the readiness endpoint, on a new connection. */
async function readyStatus(port: number): Promise<number> {
  const agent = new Agent()
  const { statusCode = 0 } = await readiness(port, agent)
  agent.destroy()
  return statusCode
}

function loginOf({ name, password }: User) {
  const body = JSON.stringify({ username: name, password })
  const head = [
    'POST /api/auth/login HTTP/1.1',
    'host: x',
    'content-type: application/json',
    `content-length: ${body.length}`,
  ]
  return { begun: `${head.join('\r\n')}\r\n\r\n${body.slice(0, 9)}`, rest: body.slice(9) }
}

test('On SIGTERM a server is no longer ready, answers what is under way, refuses new connections, and ends with 0', {
  tag: '@heavy',
}, async ({ startServer }) => {
  const server = await startServer({ env: { ...ALONE, ...LEISURELY } })
  const { port } = server
  const user = await server.register()
  const cookies = await signInOverHttp(server.origin, user)
  const refreshOnly = cookies.replace(/access_token=[^;]*(; )?/, '')
  const agent = new Agent({ keepAlive: true })
  expect((await readiness(port, agent)).headers.connection).toBe('keep-alive')
  const login = loginOf(user)
  const slow = await begin(port, login.begun)
  const late = await begin(port, `GET /api/me HTTP/1.1\r\nhost: x\r\ncookie: ${refreshOnly}\r\n`)

  server.signal('SIGTERM')
  await expect
    .poll(async () => (await readiness(port, agent)).statusCode, { intervals: [10] })
    .toBe(503)
  const refused = await readiness(port, agent)
  expect(refused.headers).toMatchObject({ connection: 'close', 'retry-after': '1' })
  expect(await (await fetch(`http://127.0.0.1:${port}/api/health`)).json()).toEqual({
    status: 'live',
  })

  await expect.poll(() => isRefused(port), { intervals: [20] }).toBe(true)
  // The port is closed, and middleware can still refresh for active requests.
  late.write('\r\n')
  const me = await answerOn(late)
  expect(me).toMatch(/^HTTP\/1\.1 200 /)
  expect(me).toMatch(/^set-cookie: refresh_token=/im)
  expect(me).toMatch(/^connection: close/im)
  slow.write(login.rest)
  expect(await answerOn(slow)).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close/i)
  expect(await server.ended()).toBe(0)
  agent.destroy()
})

test('A request that does not end is cut when the time is up, and a second signal ends a server at once', {
  tag: '@heavy',
}, async ({ startServer }) => {
  const bounded = { ...ALONE, SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '1s' }
  const patient = { ...ALONE, SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '300s' }
  const [one, other] = await Promise.all([
    startServer({ env: bounded }),
    startServer({ env: patient }),
  ])
  const cut = async (server: AppServer, end: () => Promise<unknown>) => {
    const never = await begin(server.port, loginOf({ id: 'a', name: 'a', password: 'b' }).begun)
    never.on('error', () => {})
    // The server has received the beginning of the request.
    await fetch(`http://127.0.0.1:${server.port}/api/health`)
    server.signal('SIGTERM')
    await end()
    never.destroy()
    return server.ended()
  }
  expect(
    await Promise.all([
      cut(one, () => one.ended()),
      cut(other, async () => {
        await expect.poll(() => isRefused(other.port), { intervals: [20] }).toBe(true)
        // The wait is the point: within 500 ms, a signal that npm and a terminal both send counts as one.
        await new Promise((resolve) => setTimeout(resolve, 500))
        other.signal('SIGTERM')
        await other.ended()
      }),
    ]),
  ).toEqual([1, 143])
  expect(one.output()).toMatch(/"event":"stopped_short","detail":"1"/)
})

test('Three servers end and start again one after another under load, and no request fails', {
  tag: '@heavy',
}, async ({ startServer }) => {
  const balancer = await openBalancer()
  const first = await startServer({
    env: { ...ALONE, ...LEISURELY, APP_ORIGIN: balancer.origin },
  })
  const shared = {
    ...ALONE,
    ...LEISURELY,
    APP_ORIGIN: balancer.origin,
    DATABASE_URL: first.databaseUrl,
    ...first.secrets,
  }
  const [second, third] = [await startServer({ env: shared }), await startServer({ env: shared })]
  const servers = [first, second, third]
  balancer.targets = servers.map(({ port }) => port)
  try {
    const user = await first.register()
    const jars = await Promise.all(
      Array.from({ length: CLIENTS }, () => signInOverHttp(balancer.origin, user)),
    )
    let isOver = false
    const statuses = new Map<number, number>()
    const clients = jars.map(async (cookies) => {
      const [, refresh = ''] = /refresh_token=([^;]+)/.exec(cookies) ?? []
      let jar: Record<string, string> = { refresh_token: refresh }
      while (!isOver) {
        const cookie = cookieHeader(jar)
        const init = { headers: { cookie }, redirect: 'manual' } as const
        const answer = await fetch(`${balancer.origin}/api/me`, init).catch(() => null)
        // The balancer records why the request failed.
        if (answer === null) continue
        await answer.arrayBuffer()
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const { access_token: _, ...taken } = cookiePairs(answer.headers.getSetCookie())
        jar = { ...jar, ...taken }
      }
    })
    for (const server of servers) {
      server.signal('SIGTERM')
      // A balancer that polls readiness stops sending requests.
      await expect.poll(() => readyStatus(server.port), { intervals: [10] }).toBe(503)
      balancer.targets = servers.filter((other) => other !== server).map(({ port }) => port)
      expect(await server.ended()).toBe(0)
      await server.restart()
      balancer.targets = servers.map(({ port }) => port)
    }
    isOver = true
    await Promise.all(clients)
    expect(balancer.failures).toEqual([])
    expect([...statuses.keys()]).toEqual([200])
    expect(statuses.get(200)).toBeGreaterThan(CLIENTS)
    const rows = first.rows.sessions(user.name)
    expect(rows.filter(({ revoked_at }) => revoked_at !== null)).toEqual([])
  } finally {
    await balancer.close()
  }
})
