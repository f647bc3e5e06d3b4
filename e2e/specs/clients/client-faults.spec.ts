import { type Client, type ClientOptions, createClient, memoryStorage } from '@/client/client'
import { oauth } from '@/client/contracts/oauth'
import { openClientPage } from '@/e2e/support/clients/client-bundle'
import { expect, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'
import type { Asked, Fault, TestProxy } from '@/testing/kit/proxy'

const LONG_MS = 600_000
/** A refresh timeout long enough for a slow machine. */
const PATIENT = { timeoutMs: 4000, patienceMs: 600_000, proactive: false }
const IMPATIENT = { timeoutMs: 2500, patienceMs: 6000, proactive: false }
const never = new Promise<void>(() => {})

/** Faults of a refresh: a lost request, a lost response, a late one, one that is not the server's, and half of one. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'the request is dropped': { kind: 'drop request' },
  'the answer is dropped, the connection reset': { kind: 'drop response' },
  'the answer is delayed past the timeout': { kind: 'hold response', until: never },
  'the request is delayed past the timeout': { kind: 'hold request', until: never },
  '500': { kind: 'answer', status: 500 },
  '503 with Retry-After': { kind: 'answer', status: 503, headers: { 'retry-after': '1' } },
  '429 with Retry-After': { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
  'half of the answer, then the end': { kind: 'halve response' },
  'half of the answer, then nothing': { kind: 'stall response' },
  'a page of some proxy': { kind: 'answer', status: 200, body: '<html>Sign in to the Wi-Fi' },
}

interface Case {
  readonly server: AppServer
  readonly front: TestProxy
  readonly user: User
  readonly path: string
  /** Opens a client of this user's session that sends `mark` with every request, and returns a function that asks who is signed in. */
  readonly open: (options: ClientOptions, mark: string) => Promise<Asker>
}

/** Asks who is signed in, with an expired access token. Resolves with the status, or the code of the error. */
type Asker = () => Promise<number | string>

/** Checks what a caller sees while a fault lasts for two refreshes, and while it does not end. */
async function endure({ server, front, user, path, open }: Case, fault: Fault): Promise<void> {
  const mark = user.name
  const match = { path, where: ({ headers }: Asked) => headers['x-mark'] === mark }
  const asked = () => front.passed(path).filter(match.where).length

  const patient = await open(PATIENT, mark)
  await server.kit.passTime(LONG_MS, { user })
  const askedBefore = asked()
  front.when(match, fault, 2)
  expect(await patient()).toBe(200)
  expect(asked() - askedBefore).toBeGreaterThanOrEqual(3)
  const before = server.rows.session(user.name)
  expect(before.generation).toBe(1)

  const impatient = await open(IMPATIENT, mark)
  await server.kit.passTime(LONG_MS, { user })
  const mend = front.when(match, fault)
  expect(await impatient()).toBe('unavailable')
  mend()
  await server.kit.passTime(LONG_MS, { user })
  await expect.poll(impatient).toBe(200)

  const row = server.rows.session(user.name)
  // A lost response is reissued on the next branch of its generation.
  expect([row.generation, row.branch]).not.toEqual([before.generation, before.branch])
  expect(row.revoked_at).toBeNull()
  expect(server.rows.events(user.name, 'reuse_detected')).toEqual([])
}

/** Runs all faults at the same time, each with its own user, because most of the time is waiting. */
async function endureEach(run: (fault: Fault) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(Object.values(FAULTS).map(run))
  const failed = Object.keys(FAULTS).flatMap((name, i) => {
    const outcome = outcomes[i]
    return outcome?.status === 'rejected' ? [`${name}: ${outcome.reason}`] : []
  })
  expect(failed).toEqual([])
}

async function askWith(client: Client): Promise<number | string> {
  client.adopt(0)
  try {
    return (await client.fetch('/api/me')).status
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('Client: ten faults, twice and for good, between a program and the refresh route, in a jarless contract', {
  tag: ['@F10', '@F6', '@heavy'],
}, async ({ server, front }) => {
  await endureEach(async (fault) => {
    const user = await server.register()
    const storage = memoryStorage()
    const clients: Client[] = []
    const open = async (options: ClientOptions, mark: string) => {
      const marked = ((input: RequestInfo | URL, init: RequestInit = {}) => {
        const headers = new Headers(init.headers)
        headers.set('x-mark', mark)
        return fetch(input, { ...init, headers })
      }) as typeof fetch
      const { origin } = server
      const client = createClient({ ...options, origin, contract: oauth, storage, fetch: marked })
      clients.push(client)
      if ((await storage.get()) === null) {
        await client.login({ username: user.name, password: user.password })
      }
      return () => askWith(client)
    }
    await endure({ server, front, user, path: '/oauth/token', open }, fault)
    for (const client of clients) client.close()
  })
})

test('Client: ten faults, twice and for good, between a page and the refresh route', {
  tag: ['@F10', '@F6', '@F11', '@heavy'],
}, async ({ server, front, browser }) => {
  await endureEach(async (fault) => {
    const user = await server.register()
    const context = await browser.newContext({ extraHTTPHeaders: { 'x-mark': user.name } })
    await server.kit.signedIn(context, { user })
    const page = await context.newPage()
    const open = async (options: ClientOptions) => {
      await openClientPage(page, options, server.origin)
      return () => page.evaluate(`(${askWith})(client)`) as Promise<number | string>
    }
    await endure({ server, front, user, path: '/api/auth/refresh', open }, fault)
    expect(await page.evaluate(() => client.session.get().status)).toBe('signed-in')
    await context.close()
  })
})

test('Client: while the old token serves, an outage of the refresh route is not noticed', {
  tag: ['@F10', '@heavy'],
}, async ({ server, front, user }) => {
  const client = createClient({ origin: server.origin, contract: oauth, proactive: false })
  await client.login({ username: user.name, password: user.password })
  front.when({ path: '/oauth/token' }, { kind: 'answer', status: 500 })
  const refresh = client.refresh().catch((error: { code: string }) => error.code)
  const asked = Array.from({ length: 10 }, async () => (await client.fetch('/api/me')).status)
  expect(await Promise.all(asked)).toEqual(Array(10).fill(200))
  client.close()
  expect(await refresh).toBe('closed')
})
