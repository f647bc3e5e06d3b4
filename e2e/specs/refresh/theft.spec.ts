import type { Browser, BrowserContext } from '@playwright/test'
import { readJar } from '@/e2e/support/clients/jar'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'

/** Longer than three times grace, so that a refresh token of that age is rotated. */
const LONG_MS = 600_000
const GRACE_MS = 30_000
const DAY_MS = 86_400_000

/** A person, and a thief with a copy of their jar as it is now. */
async function theft(browser: Browser, server: AppServer) {
  const user = await server.register()
  const options = { baseURL: server.origin }
  const [victim, thief] = [await browser.newContext(options), await browser.newContext(options)]
  await server.kit.signedIn(victim, { user })
  await server.kit.copyJar(victim, thief)
  return { user, victim, thief, close: () => Promise.all([victim.close(), thief.close()]) }
}

/** Visits with an expired access token. Returns the page's status and whether it set a refresh token. */
async function visit(context: BrowserContext) {
  await loseAccess(context)
  const before = await readJar(context)
  const page = await context.newPage()
  const answer = await page.goto('/dashboard')
  const status = new URL(page.url()).pathname === '/dashboard' ? answer?.status() : 'signed out'
  const { refresh } = await readJar(context)
  await page.close()
  return { status, gotRefreshToken: refresh !== before.refresh }
}

/** Presents the copied token repeatedly, without following challenges. */
async function withoutBrowser(thief: BrowserContext, server: AppServer) {
  const copied = await thief.cookies()
  const stolen = copied.find(({ name }) => name.endsWith('refresh_token'))
  const address = `http://127.0.0.1:${server.port}/api/auth/refresh`
  return () =>
    fetch(address, { method: 'POST', headers: { cookie: `${stolen?.name}=${stolen?.value}` } })
}

/** Expects that the session has ended for both, and that the person is told. */
async function expectOver(
  { user, victim, thief }: { user: User; victim: BrowserContext; thief: BrowserContext },
  server: AppServer,
): Promise<void> {
  expect(server.rows.session(user.name).revoked_reason).toBe('reused')
  for (const context of [thief, victim]) {
    // Even with the access token that is still in the jar.
    expect((await context.request.get('/api/me')).status()).toBe(401)
    expect(await visit(context)).toEqual({ status: 'signed out', gotRefreshToken: false })
  }
  const page = await victim.newPage()
  await page.goto('/dashboard')
  await server.kit.expectSignedOut(page, /Someone else may have used your session/)
  expect(server.rows.events(user.name, 'reuse_detected')).toHaveLength(1)
}

test('Theft: a copied jar used before its owner’s gets one exchange, and is out at the next', {
  tag: '@fleet',
}, async ({ browser, server }) => {
  const { user, victim, thief, close } = await theft(browser, server)
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(thief)).toEqual({ status: 200, gotRefreshToken: true })
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(victim)).toEqual({ status: 200, gotRefreshToken: true })
  const reissued = server.rows.session(user.name)
  expect([reissued.generation, reissued.branch > 0]).toEqual([1, true])
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(thief)).toEqual({ status: 'signed out', gotRefreshToken: false })

  await expectOver({ user, victim, thief }, server)
  const { generation, branch } = server.rows.session(user.name)
  expect([generation, branch > 0]).toEqual([1, true])
  await close()
})

test('Theft: a copied jar used after its owner’s gets one exchange, and is out at the owner’s next', {
  tag: '@fleet',
}, async ({ browser, server }) => {
  const { user, victim, thief, close } = await theft(browser, server)
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(victim)).toEqual({ status: 200, gotRefreshToken: true })
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(thief)).toEqual({ status: 200, gotRefreshToken: true })
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(victim)).toEqual({ status: 'signed out', gotRefreshToken: false })

  await expectOver({ user, victim, thief }, server)
  const { generation, branch } = server.rows.session(user.name)
  expect([generation, branch > 0]).toEqual([1, true])
  await close()
})

test('Theft: a thief in lockstep with the owner never gets a second exchange', {
  tag: '@fleet',
}, async ({ browser, server }) => {
  const { user, victim, thief, close } = await theft(browser, server)
  let exchangesOfBoth = 0
  let rounds = 0
  /** Visits until the server no longer answers 503, in the end after grace. Returns how many refresh tokens that brought. */
  const visitUntilServed = async (context: BrowserContext) => {
    const first = await visit(context)
    if (first.status !== 503) return Number(first.gotRefreshToken)
    await server.kit.passTime(2 * GRACE_MS, { user })
    return Number(first.gotRefreshToken) + Number((await visit(context)).gotRefreshToken)
  }
  while (server.rows.session(user.name).revoked_at === null) {
    rounds += 1
    expect(rounds).toBeLessThanOrEqual(4)
    await server.kit.passTime(LONG_MS, { user })
    const got = await Promise.all([visitUntilServed(victim), visitUntilServed(thief)])
    if (got.every((count) => count > 0)) exchangesOfBoth += 1
  }
  expect(exchangesOfBoth).toBeLessThanOrEqual(1)

  await expectOver({ user, victim, thief }, server)
  await close()
})

test('Theft: a thief who keeps silent for a while gets nothing at all', { tag: '@fleet' }, async ({
  browser,
  server,
}) => {
  const { user, victim, thief, close } = await theft(browser, server)
  for (let generation = 1; generation <= 3; generation++) {
    await server.kit.passTime(LONG_MS, { user })
    expect(await visit(victim)).toEqual({ status: 200, gotRefreshToken: true })
    expect(server.rows.session(user.name)).toMatchObject({ generation, branch: 0 })
  }
  await server.kit.passTime(LONG_MS, { user })
  expect(await visit(thief)).toEqual({ status: 'signed out', gotRefreshToken: false })

  await expectOver({ user, victim, thief }, server)
  expect(server.rows.session(user.name)).toMatchObject({ generation: 3, branch: 0 })
  await close()
})

test('Theft: a thief without a browser, who knows no challenge, gets no further', {
  tag: '@fleet',
}, async ({ browser, server }) => {
  const { user, victim, thief, close } = await theft(browser, server)
  const refresh = await withoutBrowser(thief, server)
  await server.kit.passTime(LONG_MS, { user })
  expect((await visit(victim)).status).toBe(200)
  await server.kit.passTime(LONG_MS, { user })
  expect((await visit(victim)).status).toBe(200)
  await server.kit.passTime(LONG_MS, { user })
  const answer = await refresh()
  expect(answer.status).toBe(401)
  expect((await answer.json()).error.reason).toBe('reused')
  expect((await refresh()).status).toBe(401)

  await expectOver({ user, victim, thief }, server)
  await close()
})

test('Theft: a thief who presents the copied token just before each daily visit shares three of them', {
  tag: ['@F42', '@fleet'],
}, async ({ browser, server }) => {
  const { user, victim, thief, close } = await theft(browser, server)
  const refresh = await withoutBrowser(thief, server)
  const shared: unknown[] = []
  for (let day = 1; day <= 4; day++) {
    await server.kit.passTime(DAY_MS, { user })
    const answer = await refresh()
    const gotRefreshToken = answer.headers
      .getSetCookie()
      .some((line) => /refresh_token=[^;]/.test(line))
    shared.push([answer.status, gotRefreshToken, (await visit(victim)).status])
  }
  expect(shared).toEqual([...[1, 2, 3].map(() => [200, true, 200]), [401, false, 'signed out']])

  await expectOver({ user, victim, thief }, server)
  await close()
})
