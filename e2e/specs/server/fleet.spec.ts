import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { createInterface } from 'node:readline'
import { namesOf } from '@/e2e/support/clients/jar'
import { cookieHeader } from '@/e2e/support/clients/script'
import { Visitor } from '@/e2e/support/clients/visitor'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { openCaptureServer } from '@/e2e/support/network/capture-server'
import { MACHINE_HEADER } from '@/e2e/support/network/nginx'

const HOUR = 3_600_000
const CLAIMED = '203.0.113.66'

test('Sixty requests of one jar at once, on three machines: all are answered, with one rotation and one refresh cookie', {
  tag: ['@F4', '@fleet-only'],
}, async ({ server, user, rows }) => {
  const visitor = new Visitor(server.direct)
  await visitor.signIn(user)
  visitor.loseAccess()
  await server.kit.passTime(HOUR, { user })

  const answers = await Promise.all(Array.from({ length: 60 }, () => visitor.ask('GET', '/api/me')))

  expect(answers.map(({ status }) => status)).toEqual(Array(60).fill(200))
  expect(new Set(answers.map(({ headers }) => headers[MACHINE_HEADER])).size).toBe(3)
  const names = answers.flatMap(({ headers }) => namesOf(headers['set-cookie'] ?? []))
  expect(names.filter((name) => name === 'refresh_token')).toHaveLength(1)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
})

test('A Host and X-Forwarded-* that lie are of no use through nginx: everything works, and nothing leaves the fleet', {
  tag: ['@F19', '@fleet-only'],
}, async ({ browser, server, user, rows, expectStillSignedIn, signedIn }) => {
  const captureServer = await openCaptureServer()
  const lies = {
    'x-forwarded-host': captureServer.host,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '1',
    forwarded: `host=${captureServer.host};proto=http;for=${CLAIMED}`,
    'x-real-ip': CLAIMED,
    'x-forwarded-for': CLAIMED,
  }
  const context = await browser.newContext({ baseURL: server.origin, extraHTTPHeaders: lies })
  const page = await context.newPage()
  await signedIn(context, { user })
  const tokens = (await context.cookies()).filter(({ name }) => /token$/.test(name))
  expect(tokens.map(({ name }) => name).sort()).toEqual([
    '__Host-access_token',
    '__Host-refresh_token',
  ])
  expect(tokens.every(({ secure, httpOnly }) => secure && httpOnly)).toBe(true)
  await server.kit.passTime(HOUR, { user })
  await loseAccess(context)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  // The address that nginx saw, not the claimed one.
  expect(rows.session(user.name)).toMatchObject({ generation: 1, ip: '127.0.0.1' })
  await loseAccess(context)
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)

  await server.kit.passTime(HOUR, { user })
  await loseAccess(context)
  const jar = Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]))
  const ask = async (cookie: string) => {
    const asked = request(`${server.direct}/dashboard`, {
      headers: { ...lies, host: captureServer.host, cookie },
      rejectUnauthorized: false,
    })
    const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage]
    answer.resume()
    return answer
  }
  const served = await ask(cookieHeader(jar))
  expect(served.statusCode).toBe(200)
  expect(namesOf(served.headers['set-cookie'] ?? [])).toEqual(['access_token', 'refresh_token'])
  const stranger = await ask('')
  expect(stranger.statusCode).toBe(303)
  expect(stranger.headers.location).toBe(`${server.origin}/sign-in?next=%2Fdashboard`)
  expect(captureServer.visits()).toBe(0)
  await Promise.all([context.close(), captureServer.close()])
})

test('The life of a session passes nginx as it happens: each of three streams hears of an end that one machine carried out', {
  tag: '@fleet-only',
}, async ({ server, user }) => {
  const watched = new Visitor(server.direct)
  await watched.signIn(user)
  const streams = await Promise.all([1, 2, 3].map(() => openStream(server.direct, watched.jar)))
  expect(new Set(streams.map(({ machine }) => machine)).size).toBeGreaterThan(1)
  for (const { next } of streams) expect(await next()).toMatchObject({ ended: null })

  const elsewhere = new Visitor(server.direct)
  await elsewhere.signIn(user)
  expect((await elsewhere.ask('POST', '/api/sessions/end-others')).status).toBe(200)
  for (const { next } of streams) {
    expect(await next()).toMatchObject({ ended: { reason: 'revoked' } })
    expect(await next()).toBeNull()
  }
})

/** Opens the stream of a session's life. `next` returns the next message, or null once the stream has ended. */
async function openStream(origin: string, jar: Readonly<Record<string, string>>) {
  const asked = request(`${origin}/api/auth/session/events`, {
    headers: { cookie: cookieHeader(jar) },
    rejectUnauthorized: false,
    agent: false,
  })
  const [answer] = (await once(asked.end(), 'response')) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  const lines = createInterface({ input: answer })[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) return null
      if (value.startsWith('data: ')) return JSON.parse(value.slice('data: '.length))
    }
  }
  return { machine: answer.headers[MACHINE_HEADER], next }
}
