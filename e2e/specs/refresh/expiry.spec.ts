import { openClientPage } from '@/e2e/support/clients/client-bundle'
import { claimsOf, expireAccess, expiryOf, readJar } from '@/e2e/support/clients/jar'
import { expect, test } from '@/e2e/support/fixtures'
import { SHORT_LIVES } from '@/e2e/support/server/server'

// What only a real clock can show: the browser drops the cookie, and a token expires during a request.
test.use({ variables: SHORT_LIVES })

const REFRESH = '/api/auth/refresh'
const DAY_MS = 86_400_000

test('A response lost at a true expiry is made good, at once and after the next one', {
  tag: '@F6',
}, async ({ page, context, user, rows, front, expectStillSignedIn, signedIn }) => {
  await signedIn(context, { user })
  await expireAccess(context)
  const repair = front.when({ path: '/dashboard' }, { kind: 'drop response' })
  await expect(page.goto('/dashboard')).rejects.toThrow(/ERR_/)
  await page.waitForURL(/^chrome-error:/, { waitUntil: 'commit' })
  repair()
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)

  await expireAccess(context)
  const answer = await page.reload()

  expect(answer?.status()).toBe(200)
  await expectStillSignedIn(page, user)
  const { generation: g, branch: b, revoked_at } = rows.session(user.name)
  expect(revoked_at).toBeNull()
  const { refresh } = await readJar(context)
  expect(claimsOf(refresh ?? '')).toMatchObject({ g, b })
})

test('A server action whose upload outlasts the access token keeps its note', {
  tag: '@F16',
}, async ({ page, context, user, front, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await page.goto('/dashboard')
  // Repeated if the machine was too slow to begin the upload in time.
  await expect(async () => {
    front.forget()
    await page.evaluate(() => fetch('/api/auth/refresh', { method: 'POST' }))
    const { access } = await readJar(context)
    let begunAt = 0
    const where = () => {
      begunAt = Date.now()
      return true
    }
    front.when(
      { method: 'POST', where },
      { kind: 'split request', until: expireAccess(context) },
      1,
    )
    await page.getByRole('textbox', { name: 'Note' }).fill('written with care')
    await page.getByTestId('whoami-page').evaluate((element) => {
      element.dataset.mark = 'kept'
    })
    await page.getByTestId('action-run').click()
    await expect(page.getByTestId('action-result')).toContainText(user.name)
    expect(begunAt).toBeLessThan(expiryOf(`${access}`))
  }).toPass()
  await expect(page.getByTestId('action-result')).toContainText('written with care')
  await expect(page.getByTestId('whoami-page')).toHaveAttribute('data-mark', 'kept')
})

test('Client: with the time of day a day ahead or back, before and during, it refreshes as often and as early as ever', {
  tag: '@F21',
}, async ({ server, front, browser, signedIn }) => {
  const refreshes = (mark: string) =>
    front.passed(REFRESH).filter(({ headers }) => headers['x-mark'] === mark)
  const clocks: [beforeMs: number, duringMs: number][] = [
    [0, 0],
    [DAY_MS, 0],
    [-DAY_MS, 0],
    [0, DAY_MS],
    [0, -DAY_MS],
  ]
  const watch = async ([beforeMs, duringMs]: [number, number], mark: string) => {
    const context = await browser.newContext({ extraHTTPHeaders: { 'x-mark': mark } })
    await signedIn(context)
    const page = await context.newPage()
    await page.addInitScript((offsetMs) => {
      const { now } = Date
      Object.assign(globalThis, { offsetMs })
      Date.now = () => now() + (globalThis as unknown as { offsetMs: number }).offsetMs
    }, beforeMs)
    await openClientPage(page, {}, server.origin)
    await page.evaluate(() => client.refresh())
    await page.evaluate((offsetMs) => {
      Object.assign(globalThis, { offsetMs })
      return client.fetch('/api/me')
    }, duringMs)
    // The client refreshes by itself, after at least half of the token's life by the server's clock.
    await expect.poll(() => refreshes(mark).filter(({ answer }) => answer).length).toBe(2)
    const issued = refreshes(mark).map(({ answer }) =>
      Number(claimsOf(JSON.parse(`${answer?.body}`).token).iat),
    )
    await context.close()
    return Number(issued[1]) - Number(issued[0])
  }
  const lives = await Promise.all(clocks.map((clock, i) => watch(clock, String(i))))
  for (const seconds of lives) expect(seconds).toBeGreaterThanOrEqual(5)
})
