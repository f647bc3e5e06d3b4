import { type Client, createClient } from '../client/client'
import { oauth } from '../client/contracts/oauth'
import { openClientPage } from './client-bundle'
import { passTime } from './database'
import { expect, patientTest as test } from './fixtures'
import type { Fate, TestProxy } from './proxy'
import type { AppServer, User } from './server'
import { enter } from './steps'

const LONG_MS = 600_000
const TIMEOUT_MS = 700
const PATIENCE_MS = 4000
const never = new Promise<void>(() => {})

/** What becomes of a refresh: the request is lost, the answer is, it comes too late, it is not the server's, half of it comes. */
const FAULTS: Readonly<Record<string, Fate>> = {
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
  /** Asks once for who is there: the status, or the code of what was thrown. */
  readonly ask: () => Promise<number | string>
}

/** What a caller sees while each fault lasts for two refreshes, and while it lasts for good. */
async function endure({ server, front, user, path, ask }: Case): Promise<void> {
  for (const [name, fate] of Object.entries(FAULTS)) {
    await test.step(`${name}, twice: the caller waits, and is answered`, async () => {
      front.reset()
      passTime(server, user.name, LONG_MS)
      front.when({ path }, fate, 2)
      expect(await ask()).toBe(200)
      expect(front.passed(path).length).toBeGreaterThanOrEqual(3)
    })
    await test.step(`${name}, beyond all patience: the caller is told, and nobody signed out`, async () => {
      front.reset()
      passTime(server, user.name, LONG_MS)
      const mend = front.when({ path }, fate)
      expect(await ask()).toBe('unavailable')
      mend()
      passTime(server, user.name, LONG_MS)
      await expect.poll(ask).toBe(200)
    })
    expect(server.rows.session(user.name).revoked_at).toBeNull()
    expect(server.rows.events(user.name, 'reuse_detected')).toEqual([])
  }
  expect(server.rows.session(user.name).generation).toBeGreaterThan(5)
}

test('F10, F6 client: ten faults between a program and the refresh route, in a jarless contract', async ({
  server,
  front,
  user,
}) => {
  const options = { timeoutMs: TIMEOUT_MS, patienceMs: PATIENCE_MS, proactive: false }
  const client: Client = createClient({ ...options, origin: server.origin, contract: oauth })
  await client.login({ username: user.name, password: user.password })
  const ask = async () => {
    // Its access token is over, and cannot be used meanwhile.
    client.adopt(0)
    try {
      return (await client.fetch('/api/me')).status
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  await endure({ server, front, user, path: '/oauth/token', ask })
  expect(client.session.get().status).toBe('signed-in')
  client.close()
})

test('F10, F6, F11 client: ten faults between a page and the refresh route', async ({
  server,
  front,
  page,
  context,
  user,
}) => {
  await enter(context, user)
  await openClientPage(page, { timeoutMs: TIMEOUT_MS, patienceMs: PATIENCE_MS, proactive: false })
  const ask = () =>
    page.evaluate(async () => {
      client.adopt(0)
      try {
        return (await client.fetch('/api/me')).status
      } catch (error) {
        return (error as { code: string }).code
      }
    })
  await endure({ server, front, user, path: '/api/auth/refresh', ask })
  expect(await page.evaluate(() => client.session.get().status)).toBe('signed-in')
})

test('F10 client: while the old token serves, an outage of the refresh route is not noticed', async ({
  server,
  front,
  user,
}) => {
  const client = createClient({ origin: server.origin, contract: oauth, proactive: false })
  await client.login({ username: user.name, password: user.password })
  front.when({ path: '/oauth/token' }, { kind: 'answer', status: 500 })
  const refresh = client.refresh().catch((error: { code: string }) => error.code)
  const asked = Array.from({ length: 10 }, async () => (await client.fetch('/api/me')).status)
  expect(await Promise.all(asked)).toEqual(Array(10).fill(200))
  client.close()
  expect(await refresh).toBe('closed')
})
