import { readdirSync, readlinkSync } from 'node:fs'
import { expiryOf, readJar, untilClock } from '@/e2e/support/clients/jar'
import { ask, signInCanonically } from '@/e2e/support/clients/wire'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { failRefreshes, lockWrites } from '@/e2e/support/server/outage'
import type { AppServer } from '@/e2e/support/server/server'

// What specs/server/outage.spec.ts does to the call from middleware to the refresh route is done to the database here: a gate in the
// process of the server makes no such call.

/** Much shorter than the timeouts of the shared servers. The gate waits for less if it can serve without a refresh: 750 ms. */
const SHORT_TIMEOUTS = { DATABASE_TIMEOUT: '1s', REFRESH_TIMEOUT: '2s' }
const METRICS_TOKEN = 'a-token-of-the-metrics-with-32-characters'

test('Gate and pages have one database, one engine and one registry of metrics between them', {
  tag: '@in-process',
}, async ({ startServer }) => {
  const server = await startServer({ env: { METRICS_TOKEN } })
  const users = await Promise.all(Array.from({ length: 3 }, () => server.register()))
  const jars = await Promise.all(users.map((user) => signInCanonically(server, user)))
  await Promise.all(users.map((user) => server.kit.passTime(600_000, { user })))

  for (const { refresh } of jars) {
    const page = await ask(server, '/dashboard', { cookies: { refresh_token: refresh } })
    expect(page.status).toBe(200)
    expect(page.setCookies.join()).toContain('refresh_token=')
  }
  expect(server.inner.exchanges).toEqual([])
  for (const { name } of users) expect(server.rows.session(name)).toMatchObject({ generation: 1 })

  const metrics = await ask(server, '/api/metrics', { bearer: METRICS_TOKEN })
  const text = String(metrics.body)
  const refreshed = 'contract="cookie-json",decision="rotate",outcome="granted"'
  expect(text).toContain(`rekindle_refreshes_total{${refreshed}} 3`)
  expect(text).toMatch(/rekindle_session_checks_total\{outcome="\w+"\} 3/)
  expect(openDatabases(server)).toBe(1)
})

test('A refresh that the database holds up for too long is a 503 page that asks again by itself, and ends no session', {
  tag: ['@F10', '@in-process'],
}, async ({ context, page, startServer }) => {
  const server = await startServer({ env: { ...SHORT_TIMEOUTS, REFRESH_GRACE: '1s' } })
  const { origin, rows, kit } = server
  const user = await server.register()
  await kit.signedIn(context, { user })
  await kit.passTime(600_000, { user })
  await loseAccess(context)
  const jar = await readJar(context)
  const unlock = lockWrites(server)

  const [api, answer] = await Promise.all([
    context.request.get(`${origin}/api/me`),
    page.goto(`${origin}/dashboard`),
  ])
  expect(api.status()).toBe(503)
  expect((await api.json()).error.code).toBe('UNAVAILABLE')
  expect(api.headers()['retry-after']).toMatch(/^\d+$/)
  expect(answer?.status()).toBe(503)
  expect(answer?.headers()['set-cookie']).toBeUndefined()
  await expect(page.getByText('You are still signed in')).toBeVisible()
  expect(await readJar(context)).toEqual(jar)
  expect(rows.session(user.name)).toMatchObject({ generation: 0 })
  expect(linesOf(server, 'refresh_unanswered').length).toBeGreaterThan(0)

  unlock()
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, revoked_at: null })
})

test('While the old access token lives, and on public pages, a database that takes no writes is not noticed', {
  tag: ['@F10', '@F31', '@in-process'],
}, async ({ browser, context, page, startServer }) => {
  const env = { ...SHORT_TIMEOUTS, ACCESS_TOKEN_TTL: '1800s', REFRESH_LEEWAY: '1799s' }
  // With no grace, each refresh rotates, and so must write.
  const server = await startServer({ env: { ...env, REFRESH_GRACE: '0' } })
  const user = await server.register()
  await server.kit.signedIn(context, { user })
  const jar = await readJar(context)
  await untilClock(expiryOf(`${jar.access}`) - 1_798_000)
  const other = await browser.newContext()
  await other.addCookies(await context.cookies())
  await loseAccess(other)
  const unlock = lockWrites(server)

  const answer = await page.goto(`${server.origin}/dashboard`)
  expect(answer?.status()).toBe(200)
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  await page.getByTestId('api-run').click()
  await expect(page.getByTestId('api-result')).toContainText(user.name)
  expect(await readJar(context)).toEqual(jar)
  const signedOut = await other.newPage()
  for (const path of ['/', '/sign-in', '/sign-up']) {
    expect((await signedOut.goto(server.origin + path))?.status()).toBe(200)
    expect(signedOut.url()).toBe(server.origin + path)
  }
  expect((await readJar(other)).refresh).toBe(jar.refresh)
  unlock()
  await other.close()
  expect(server.rows.session(user.name).revoked_at).toBeNull()
})

test('What fails in a refresh is logged under the id of its page, and without a token', {
  tag: ['@F12', '@in-process'],
}, async ({ server, user }) => {
  const { refresh } = await signInCanonically(server, user)
  const repair = failRefreshes(server)
  const headers = { 'x-request-id': 'a-page-in-an-outage' }
  const page = await ask(server, '/dashboard', { cookies: { refresh_token: refresh }, headers })
  repair()
  expect(page.status).toBe(503)
  const of = (event: string) =>
    linesOf(server, event).filter(({ requestId }) => requestId === 'a-page-in-an-outage')
  expect(of('database_unavailable')).toHaveLength(1)
  expect(of('refresh_unanswered')).toEqual([expect.objectContaining({ status: 503 })])
  expect(server.output()).not.toContain(refresh.split('.')[2])
})

/** How many connections to its SQLite file the server has open. */
function openDatabases({ pids, databaseUrl }: AppServer): number {
  const [pid] = pids()
  const file = databaseUrl.slice('file:'.length)
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`) === file
    } catch {
      // It was closed since.
      return false
    }
  }).length
}

/** The lines of the log with this event. */
function linesOf(server: AppServer, event: string): Record<string, unknown>[] {
  return server
    .output()
    .split('\n')
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line))
}
