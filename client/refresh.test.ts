import { expect, test, vi } from 'vitest'
import {
  deferred,
  granted,
  json,
  LOGIN,
  LOGOUT,
  MINUTE_MS,
  never,
  REFRESH,
  refused,
  settle,
  signedOut,
} from '@/testing/client/fake'
import { ADA, failure, open } from '@/testing/client/fake-client'
import { type Client, ClientError } from './client'
import { oauth } from './contracts/oauth'
import { memoryStorage } from './session/storage'

test('A thousand requests at expiry wait for one refresh, and all are answered', async () => {
  const { promise: gate, resolve: release } = deferred<void>()
  const { client, clock, server } = open(
    async ({ path }) => {
      if (path !== REFRESH) return json(200, {})
      if (server.count(REFRESH) > 1) await gate
      return granted(900)
    },
    { proactive: false },
  )
  await client.refresh()
  await clock.pass(901_000)
  const answers = Promise.all(Array.from({ length: 1000 }, () => client.fetch('/api/me')))
  await settle()
  expect(server.count('/api/me')).toBe(0)
  release()
  expect((await answers).every(({ ok }) => ok)).toBe(true)
  expect(server.count(REFRESH)).toBe(2)
})

test('Failures are tried again with growing waits and full jitter, within a budget', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999)
  const at: number[] = []
  const { client, clock } = open(() => {
    at.push(clock.now())
    return json(500, {})
  })
  const refresh = failure(client.refresh())
  await clock.pass(60_000)
  expect(await refresh).toMatchObject({ code: 'unavailable' })
  const waits = at.slice(1).map((time, i) => Math.round((time - (at[i] ?? 0)) / 100) * 100)
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000])
  expect(client.session.get().status).toBe('unknown')
})

test('Retry-After is obeyed, by the next run, too, and one beyond the budget is not waited for', async () => {
  const retryAfter: Record<number, string> = { 1: '7', 2: '3600' }
  const { client, clock, server } = open(() => {
    const seconds = retryAfter[server.count(REFRESH)]
    return seconds ? json(503, {}, { 'retry-after': seconds }) : granted()
  })
  const refresh = failure(client.refresh())
  await clock.pass(6990)
  expect(server.count(REFRESH)).toBe(1)
  await clock.pass(20)
  expect(await refresh).toMatchObject({ code: 'unavailable', retryAfterMs: 3_600_000 })
  expect(await failure(client.refresh())).toMatchObject({ code: 'unavailable' })
  expect(server.count(REFRESH)).toBe(2)
  await clock.pass(3_600_000)
  await client.refresh()
  expect(client.session.get().status).toBe('signed-in')
})

test.each([
  ['a network error', () => Promise.reject(new TypeError('fetch failed'))],
  ['a page of some proxy', () => new Response('<html>', { status: 200 })],
  ['401 in somebody else’s words', () => new Response('no', { status: 401 })],
  ['403', () => json(403, { error: { code: 'CROSS_SITE_REQUEST' } })],
  ['404', () => new Response('nothing', { status: 404 })],
  ['429', () => json(429, {}, { 'retry-after': '1' })],
  ['no answer at all', never],
])('%s signs nobody out: it is tried again', async (_, answer) => {
  const { client, clock, server } = open(() => (server.count(REFRESH) <= 2 ? answer() : granted()))
  const refresh = client.refresh()
  await clock.pass(30_000)
  await refresh
  expect(client.session.get()).toMatchObject({ status: 'signed-in', reason: null })
})

test('While the old token serves, trouble with refreshing keeps nobody waiting', async () => {
  let isDown = false
  const { client, clock, server } = open(
    ({ path }) => {
      if (path !== REFRESH) return json(200, {})
      return isDown ? json(500, {}) : granted(900)
    },
    { proactive: false },
  )
  await client.refresh()
  isDown = true
  await clock.pass(850_000)
  expect((await client.fetch('/api/me')).status).toBe(200)
  expect((await client.fetch('/api/me')).status).toBe(200)
  expect(server.count(REFRESH)).toBe(2)
  await clock.pass(51_000)
  const late = failure(client.fetch('/api/me'))
  await clock.pass(60_000)
  expect(await late).toMatchObject({ code: 'unavailable' })
  expect(client.session.get().status).toBe('signed-in')
})

test('A stale token is tried once more with what the jar holds now', async () => {
  const { client, server } = open(() =>
    server.count(REFRESH) === 1 ? json(409, { error: { code: 'STALE_REFRESH_TOKEN' } }) : granted(),
  )
  await client.refresh()
  expect(server.asked.map(({ headers }) => headers.get('x-refresh-mode'))).toEqual(['jar', 'jar'])
  expect(server.asked[0]?.credentials).toBe('include')
})

test('A refusal is final: the event says why, callers that wait are rejected, and nothing more is sent', async () => {
  const { client, clock, server } = open(({ path }) =>
    path !== REFRESH
      ? json(401, {})
      : server.count(REFRESH) === 1
        ? granted(900)
        : refused('reused'),
  )
  await client.refresh()
  await clock.pass(100)
  const heard = vi.fn()
  client.on('signedout', heard)
  const errors = await Promise.all([
    failure(client.fetch('/api/me')),
    failure(client.fetch('/api/me')),
  ])
  for (const error of errors) {
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ code: 'signed_out', reason: 'reused' })
  }
  expect(heard.mock.calls).toEqual([[{ reason: 'reused' }]])
  expect(client.session.get()).toMatchObject({
    status: 'signed-out',
    reason: 'reused',
    remainingMs: null,
  })
  expect(server.count(REFRESH)).toBe(2)
  expect(clock.timers).toBe(0)
})

test('Signing out wins over a refresh that is on its way', async () => {
  let release = (_: Response) => {}
  const storage = memoryStorage('r1')
  const { client, clock } = open(
    ({ path }) =>
      path === '/oauth/token'
        ? new Promise<Response>((resolve) => {
            release = resolve
          })
        : signedOut(),
    { mode: 'token', contract: oauth, storage },
  )
  const refresh = failure(client.refresh())
  await settle()
  await client.logout()
  release(json(200, { access_token: 'late', expires_in: 900, refresh_token: 'r2' }))
  expect(await refresh).toMatchObject({ code: 'signed_out', reason: 'signed_out' })
  expect(await storage.get()).toBeNull()
  expect(clock.timers).toBe(0)
})

test('A token that was stored and is refused is the end of a session, though it was never seen alive', async () => {
  const { client } = open(() => json(400, { error: 'invalid_grant' }), {
    ...{ mode: 'token', contract: oauth, storage: memoryStorage('r1') },
  })
  const heard = vi.fn()
  client.on('signedout', heard)
  expect(await failure(client.refresh())).toMatchObject({ reason: 'unknown' })
  expect(heard).toHaveBeenCalledOnce()
})

test('A fetch that does not obey its signal is given up, too', async () => {
  const { client, clock } = open(never, { fetch: () => new Promise(() => {}), timeoutMs: 1000 })
  const refresh = failure(client.refresh())
  await clock.pass(2 * MINUTE_MS)
  expect(await refresh).toMatchObject({ code: 'unavailable' })
})

test.each<[string, (client: Client) => Promise<void>]>([
  ['in', (client) => client.login(ADA)],
  ['out', (client) => client.logout()],
])('Signing %s cuts off a refresh, whose late cookies would overwrite its own', async (_n, act) => {
  const signals: AbortSignal[] = []
  const { client } = open(never, {
    fetch: (input, init) => {
      if (`${input}`.endsWith(REFRESH)) {
        signals.push(init?.signal as AbortSignal)
        return never()
      }
      expect(signals[0]?.aborted).toBe(true)
      return Promise.resolve(`${input}`.endsWith(LOGOUT) ? signedOut() : granted())
    },
  })
  client.refresh().catch(() => {})
  await settle()
  expect(signals[0]?.aborted).toBe(false)
  await act(client)
  expect(signals).toHaveLength(1)
})

test('A refresh that was cut off for a sign-in which failed is tried again', async () => {
  let isFirst = true
  const { client, clock } = open(({ path }) => {
    if (path === LOGIN) return json(401, {})
    if (!isFirst) return granted()
    isFirst = false
    return never()
  })
  const refresh = client.refresh()
  await settle()
  expect(await failure(client.login(ADA))).toMatchObject({ code: 'invalid_credentials' })
  await clock.pass(1000)
  await refresh
  expect(client.session.get().status).toBe('signed-in')
})

test('A visitor whom the server does not know was not signed out', async () => {
  const none = json(400, { error: { code: 'MISSING_REFRESH_TOKEN', status: 400 } })
  const { client, clock } = open(({ path }) => (path === REFRESH ? none.clone() : json(401, {})))
  const heard = vi.fn()
  client.on('signedout', heard)
  expect(await failure(client.fetch('/api/me'))).toMatchObject({ code: 'signed_out', reason: null })
  expect(heard).not.toHaveBeenCalled()

  client.adopt(MINUTE_MS)
  await clock.pass(MINUTE_MS)
  expect(client.session.get()).toMatchObject({ status: 'signed-out', reason: 'unknown' })
  expect(heard).toHaveBeenCalledOnce()
})

test('A refresh that is slow keeps no request waiting longer than a second whose token serves', async () => {
  const { client, clock, server } = open(({ path }) => (path === REFRESH ? never() : json(200, {})))
  client.adopt(MINUTE_MS)
  client.refresh().catch(() => {})
  const request = client.fetch('/api/me')
  await clock.pass(999)
  expect(server.count('/api/me')).toBe(0)
  await clock.pass(1)
  expect((await request).status).toBe(200)
})
