import type { BrowserContext, Page, Response } from '@playwright/test'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { directServer } from '@/e2e/support/server/direct-server'
import { SHORT_LIVES } from '@/e2e/support/server/server'

const STREAM = '/api/auth/session/events'
const seconds = async (page: Page) =>
  Number(await page.getByTestId('access-countdown').getAttribute('data-seconds-left'))
const renewals = (page: Page) => page.getByTestId('renewals')
const marks = (page: Page, kind: string) => page.locator(`[data-testid=mark][data-kind="${kind}"]`)

const SHORT_GRACE = { REFRESH_GRACE: '1s' }

/** Waits until three graces of `SHORT_GRACE` have passed: then a request that can deliver a refresh token rotates, and an old token is reuse. */
async function untilPastGrace(issuedAt: number): Promise<void> {
  const since = Math.max(issuedAt, Date.now() - 1000)
  await expect.poll(() => Date.now() - since).toBeGreaterThan(4000)
}

/** Matches an answer to a page that polls the session's life. */
const isLife = (status: number) => (answer: Response) =>
  new URL(answer.url()).pathname === '/api/auth/session' && answer.status() === status

/** How many streams the pages of a context have open, or had. */
function streamsOf(context: BrowserContext): string[] {
  const streams: string[] = []
  context.on('request', (request) => {
    if (request.url().includes(STREAM)) streams.push(request.url())
  })
  return streams
}

test('The count and the countdown tell the truth after a server action, an API call and a page of another tab', async ({
  context,
  page,
  startServer,
}) => {
  const { origin, front, rows, register, kit } = await startServer({ env: SHORT_GRACE })
  const user = await register()
  front.refusePrefetches()
  await kit.signedIn(context, { user })
  await page.goto(`${origin}/dashboard`)
  await expect(renewals(page)).toHaveText('none yet')
  const beLate = async () => {
    await untilPastGrace(rows.session(user.name).issued_at)
    await loseAccess(context)
  }

  // A server action cannot deliver a refresh token, so the session is renewed without a write. However long its answer takes, it tells
  // of the same token as the row's reader does.
  await beLate()
  const held = front.hold({ method: 'POST', path: '/dashboard' })
  await page.getByTestId('action-run').click()
  await held.arrived
  await untilPastGrace(Date.now())
  held.release()
  await expect(page.getByTestId('action-result')).toContainText(user.name)
  await page.waitForResponse(isLife(200))
  await expect(renewals(page)).toHaveText('1')
  expect(rows.session(user.name).generation).toBe(0)
  expect(await seconds(page)).toBeGreaterThan(14 * 60)

  await beLate()
  await page.getByTestId('api-run').click()
  await expect(page.getByTestId('api-result')).toContainText(user.name)
  await expect(renewals(page)).toHaveText('2')
  expect(rows.session(user.name).generation).toBe(1)

  // The page has asked in vain by then, and learns of the renewal from the other tab alone.
  await beLate()
  await page.waitForResponse(isLife(401))
  const other = await context.newPage()
  await other.goto(`${origin}/devices`)
  await expect(renewals(page)).toHaveText('3')
  expect(rows.session(user.name).generation).toBe(2)
  await page.reload()
  await expect(renewals(page)).toHaveText('3')
})

test('What another device does is seen at once, and one tab of the browser has the stream', async ({
  browser,
  startServer,
}) => {
  const server = await directServer(startServer)
  const user = await server.register()
  const context = await browser.newContext({ baseURL: server.origin })
  const streams = streamsOf(context)
  await server.kit.signedIn(context, { user })
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => context.newPage()))
  if (!one || !two || !three) throw new Error('Three tabs were opened')
  for (const tab of [one, two, three]) {
    await tab.goto('/dashboard')
    await expect(marks(tab, 'sign-in')).toHaveCount(1)
  }
  expect(streams).toHaveLength(1)

  // The tab that has the stream goes, and another takes over.
  await one.close()
  await expect.poll(() => streams.length).toBe(2)

  const elsewhere = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(elsewhere, { user })
  expect((await elsewhere.request.post('/api/sessions/end-others')).status()).toBe(200)
  for (const tab of [two, three]) {
    await expect(tab.getByTestId('session-notice')).toContainText('This session has ended')
    await expect(marks(tab, 'end')).toHaveCount(1)
    await expect(tab.getByTestId('next-refresh')).toContainText('This session has ended')
    await expect(tab.getByTestId('access-countdown')).toContainText('00:00ended')
    await expect(tab.getByText('Expires if unused')).toHaveCount(0)
    await expect(tab.locator('dt', { hasText: /^Ended$/ })).toHaveCount(1)
    const sentence = tab.getByTestId('access-sentence').getByText('The session has ended')
    await expect(sentence).toBeVisible()
  }
  expect(streams.length).toBeLessThanOrEqual(3)
  await Promise.all([context.close(), elsewhere.close()])
})

test('A thief is seen at once: the reuse, and the end', async ({ browser, startServer }) => {
  const server = await directServer(startServer, SHORT_GRACE)
  const user = await server.register()
  const context = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(context, { user })
  const thief = await browser.newContext({ baseURL: server.origin })
  await server.kit.copyJar(context, thief)
  const page = await context.newPage()
  for (let n = 0; n < 2; n++) {
    await server.kit.passTime('1h', { user })
    await page.goto('/dashboard')
    await expect(renewals(page)).toHaveText(`${n + 1}`)
    await page.goto('about:blank')
  }
  await page.goto('/dashboard')
  await untilPastGrace(server.rows.session(user.name).issued_at)
  const stolen = await thief.newPage()
  await stolen.goto('/dashboard')
  await stolen.waitForURL((url) => url.pathname === '/sign-in')
  await expect(marks(page, 'reuse')).toHaveCount(1)
  await expect(page.getByTestId('session-notice')).toContainText('A copy of it was used')
  await Promise.all([context.close(), thief.close()])
})

test('Watching renews nothing, and the page goes on with the next renewal', async ({
  browser,
  startServer,
}) => {
  // Behind this proxy the page asks every five seconds, so it asks after the token has expired.
  const server = await startServer({ env: SHORT_LIVES })
  const user = await server.register()
  const context = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(context, { user })
  const page = await context.newPage()
  const refused = page.waitForResponse(isLife(401))
  await page.goto('/dashboard')
  await refused
  await expect.poll(() => seconds(page)).toBe(0)
  await expect(page.getByTestId('next-refresh')).toHaveText(/^The next request renews/)
  expect(server.rows.session(user.name)).toMatchObject({ generation: 0, revoked_at: null })
  await page.getByTestId('api-run').click()
  await expect(renewals(page)).toHaveText('1')
  await expect.poll(() => seconds(page)).toBeGreaterThan(0)
  await expect(page.getByTestId('bar')).toHaveCount(2)
  await context.close()
})

test('Behind a proxy that holds responses back, the life is polled', async ({
  browser,
  context,
  page,
  user,
  front,
  server,
}) => {
  await server.kit.signedIn(context, { user })
  await page.goto('/dashboard')
  await expect.poll(() => front.passed('/api/auth/session').length).toBeGreaterThan(1)
  const elsewhere = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(elsewhere, { user })
  expect((await elsewhere.request.post('/api/sessions/end-others')).status()).toBe(200)
  await expect(page.getByTestId('session-notice')).toContainText('This session has ended')
  await expect(page.locator('dt', { hasText: /^Ended$/ })).toHaveCount(1)
  await expect(page.getByText('Expires if unused')).toHaveCount(0)
  await expect(page.getByTestId('next-refresh')).toContainText('This session has ended')
  await elsewhere.close()
})

test('A changed password moves the session, and the other tabs of the browser go on with it', async ({
  browser,
  startServer,
}) => {
  const server = await directServer(startServer)
  const user = await server.register()
  const context = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(context, { user })
  const page = await context.newPage()
  await page.goto('/dashboard')
  await expect(marks(page, 'sign-in')).toHaveCount(1)
  const newPassword = 'sparks and tinder'
  const data = { currentPassword: user.password, newPassword }
  expect((await context.request.post('/api/account/password', { data })).status()).toBe(200)
  await expect(marks(page, 'note')).toHaveCount(1)
  await expect(page.getByTestId('session-notice')).toBeEmpty()
  await context.close()
})

test('A server that is told to end ends its streams first', async ({ browser, startServer }) => {
  const server = await directServer(startServer, { SHUTDOWN_DELAY: '1s' })
  const user = await server.register()
  const context = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(context, { user })
  const page = await context.newPage()
  const streams = streamsOf(context)
  await page.goto('/dashboard')
  await expect.poll(() => streams.length).toBe(1)
  server.signal('SIGTERM')
  expect(await server.ended()).toBe(0)
  await context.close()
})

test('The marks are walked with the arrow keys, and a table says the same', async ({
  context,
  page,
  user,
  front,
  passTime,
  signedIn,
}) => {
  // A prefetch would renew the session before the page does.
  front.refusePrefetches()
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await page.goto('about:blank')
  await passTime('20m')
  await page.goto('/dashboard')
  await expect(page.getByTestId('mark')).toHaveCount(2)
  await marks(page, 'refresh').focus()
  await expect(page.getByTestId('timeline-detail')).toContainText('Refreshed')
  await page.keyboard.press('ArrowLeft')
  await expect(marks(page, 'sign-in')).toBeFocused()
  await expect(page.getByTestId('timeline-detail')).toContainText('Signed in')
  await page.keyboard.press('End')
  await expect(marks(page, 'refresh')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByTestId('timeline-table').locator('summary')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('table')).toContainText('Refreshed')
  await expect(page.getByRole('row')).toHaveCount(1 + 2 + 2)
})

test('Without scripts there is the timeline and no timer', async ({
  browser,
  baseURL,
  user,
  signedIn,
}) => {
  const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  await signedIn(context, { user })
  const page = await context.newPage()
  await page.goto('/dashboard')
  await expect(page.getByTestId('access-countdown')).toBeHidden()
  await expect(page.getByTestId('now')).toBeHidden()
  await expect(page.getByTestId('bar')).toHaveCount(1)
  await expect(page.getByText('Drawn when this page was loaded')).toBeVisible()
  await page.getByTestId('timeline-table').locator('summary').click()
  await expect(page.getByRole('table')).toContainText('Signed in')
  await context.close()
})
