import type { BrowserContext, Page } from '@playwright/test'
import { expiryOf, readJar, untilClock } from '@/e2e/support/clients/jar'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { failRefreshes } from '@/e2e/support/server/outage'
import type { AppServer, User } from '@/e2e/support/server/server'
import type { Fault } from '@/testing/kit/proxy'

const REFRESH = { path: '/api/auth/refresh' }
const FAULTS: Record<string, Fault> = {
  'a 500': { kind: 'answer', status: 500, headers: { 'retry-after': '1' } },
  'a 502 in HTML': { kind: 'answer', status: 502, body: '<h1>Bad gateway</h1>' },
  'a cut connection': { kind: 'drop request' },
  'a lost answer': { kind: 'drop response' },
  'a 200 in HTML': {
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'text/html', 'set-cookie': 'access_token=x' },
    body: '<h1>Welcome to the hotel’s network</h1>',
  },
  'a redirect': { kind: 'answer', status: 302, headers: { location: '/sign-in' } },
  'a 403': { kind: 'answer', status: 403 },
  'a 404': { kind: 'answer', status: 404 },
  'a 401 that is not the contract’s': {
    kind: 'answer',
    status: 401,
    body: '{"error":{"code":"UNAUTHORIZED"}}',
  },
}

/** Much shorter than the timeout of the shared servers. */
const SHORT_TIMEOUTS = { DATABASE_TIMEOUT: '1s', REFRESH_TIMEOUT: '2s' }

test('Without an answer in time at refresh, the page asks again by itself and no cookie is lost', {
  tag: ['@F10', '@hop'],
}, async ({ context, page, startServer }) => {
  const server = await startServer({ env: SHORT_TIMEOUTS })
  await endure(
    { context, page, server, user: await server.register() },
    { kind: 'hold response', until: new Promise(() => {}) },
  )
})

for (const [name, fault] of Object.entries(FAULTS)) {
  // The proxy's own answer does not depend on the number of machines.
  const tag = fault.kind === 'answer' ? ['@F10', '@hop'] : ['@F10', '@hop', '@fleet']
  test(`After ${name} at refresh, the page asks again by itself and no cookie is lost`, {
    tag,
  }, async ({ context, page, server, user, inner: _ }) => {
    await endure({ context, page, server, user }, fault)
  })
}

interface Case {
  readonly context: BrowserContext
  readonly page: Page
  readonly server: AppServer
  readonly user: User
}

/** Checks what a person and a program see during a fault of the refresh route, and after it. */
async function endure({ context, page, server, user }: Case, fault: Fault): Promise<void> {
  const { origin, inner, rows, kit } = server
  await kit.signedIn(context, { user })
  await loseAccess(context)
  const jar = await readJar(context)
  const repair = inner.when(REFRESH, fault)

  const [api, answer] = await Promise.all([
    context.request.get(`${origin}/api/me`),
    page.goto(`${origin}/dashboard`),
  ])
  expect(api.status()).toBe(503)
  expect((await api.json()).error.code).toBe('UNAVAILABLE')
  expect(api.headers()['retry-after']).toMatch(/^\d+$/)
  expect(answer?.status()).toBe(503)
  expect(answer?.headers()['retry-after']).toMatch(/^\d+$/)
  expect(answer?.headers()['set-cookie']).toBeUndefined()
  await expect(page.getByText('You are still signed in')).toBeVisible()
  expect(await readJar(context)).toEqual(jar)

  repair()
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  expect(rows.session(user.name).revoked_at).toBeNull()
}

test('A 429 at refresh keeps the cookies, says when to ask again, and ends by itself', {
  tag: ['@F11', '@hop'],
}, async ({ context, page, user, rows, inner, signedIn }) => {
  await signedIn(context, { user })
  await loseAccess(context)
  const jar = await readJar(context)
  const headers = { 'retry-after': '1' }
  const body = '{"error":{"code":"RATE_LIMITED"}}'
  const repair = inner.when(REFRESH, { kind: 'answer', status: 429, headers, body })

  const answer = await page.goto('/dashboard')
  expect(answer?.status()).toBe(503)
  expect(answer?.headers()['retry-after']).toBe('1')
  expect(await readJar(context)).toEqual(jar)

  repair()
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  expect(rows.session(user.name).revoked_at).toBeNull()
})

test('A form that was posted into an outage is never posted again by itself', {
  tag: ['@F10', '@fleet'],
}, async ({ browser, baseURL, context: another, page: visitor, server, user, front, signedIn }) => {
  // Without JavaScript the browser posts the server action's form itself.
  const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  await signedIn(context, { user })
  const form = await context.newPage()
  await form.goto('/dashboard')
  await form.getByRole('textbox', { name: 'Note' }).fill('written with care')
  await loseAccess(context)
  const jar = await readJar(context)
  await signedIn(another, { user })
  await loseAccess(another)
  const repair = failRefreshes(server)

  const posted = form.waitForResponse((response) => response.request().method() === 'POST')
  await form.getByTestId('action-run').click()
  expect((await posted).status()).toBe(503)
  await expect(form.getByText('What you sent was not processed')).toBeVisible()
  await expect(form.locator('script, a, meta[http-equiv=refresh]')).toHaveCount(0)
  expect(await readJar(context)).toEqual(jar)

  // A page that was only read retries several times meanwhile, so the other page had time to.
  await visitor.goto('/devices')
  await expect.poll(() => front.passed('/devices').length).toBeGreaterThan(2)
  expect(front.passed('/dashboard', 'POST')).toHaveLength(1)

  repair()
  await form.goBack()
  await form.getByRole('textbox', { name: 'Note' }).fill('sent again by hand')
  await form.getByTestId('action-run').click()
  await expect(form.getByTestId('action-result')).toContainText('sent again by hand')
  await context.close()
})

test('A server action and a link that meet an outage leave the person signed in, and work after it', {
  tag: ['@F10', '@fleet'],
}, async ({ context, page, server, user, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await loseAccess(context)
  const repairForAction = failRefreshes(server)
  await page.getByTestId('action-run').click()
  await expect(page.getByText('You are still signed in')).toBeVisible()
  repairForAction()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)

  await loseAccess(context)
  const repair = failRefreshes(server)
  await page.getByRole('link', { name: 'Account' }).click()
  await expect(page.getByText('You are still signed in')).toBeVisible()
  repair()
  await expect(page.getByRole('heading', { name: 'Change password' })).toBeVisible()
})

test('While the old access token lives an outage is not noticed at all', {
  tag: ['@F10', '@hop'],
}, async ({ context, page, startServer }) => {
  const server = await startServer({ env: { ACCESS_TOKEN_TTL: '1800s', REFRESH_LEEWAY: '1799s' } })
  const user = await server.register()
  await server.kit.signedIn(context, { user })
  const jar = await readJar(context)
  await untilClock(expiryOf(`${jar.access}`) - 1_799_000)
  server.inner.when(REFRESH, { kind: 'answer', status: 500 })

  const answer = await page.goto(`${server.origin}/dashboard`)
  expect(answer?.status()).toBe(200)
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)
  await page.getByTestId('api-run').click()
  await expect(page.getByTestId('api-result')).toContainText(user.name)
  // At least the first attempt and one retry, for each of the three.
  expect(server.inner.passed(REFRESH.path).length).toBeGreaterThanOrEqual(6)
  expect(await readJar(context)).toEqual(jar)
})

test('An access token that runs out while the refresh is tried serves the request that it came with', {
  tag: ['@F10', '@hop'],
}, async ({ context, page, startServer }) => {
  const env = { ACCESS_TOKEN_TTL: '12s', REFRESH_LEEWAY: '11s', REFRESH_GRACE: '1s' }
  const server = await startServer({ env })
  const user = await server.register()
  await server.kit.signedIn(context, { user })
  const jar = await readJar(context)
  const expiresAt = expiryOf(`${jar.access}`)
  await untilClock(expiresAt - 11_000)
  const until = untilClock(expiresAt).then(() => Promise.reject(new Error('cut')))
  until.catch(() => {})
  const repair = server.inner.when(REFRESH, { kind: 'hold response', until })

  const [answer, api] = await Promise.all([
    page.goto(`${server.origin}/dashboard`),
    context.request.get(`${server.origin}/api/me`),
  ])
  expect(Date.now()).toBeGreaterThan(expiresAt)
  expect(answer?.status()).toBe(200)
  expect(api.status()).toBe(200)
  await expect(page.getByTestId('whoami-page')).toContainText(user.name)

  repair()
  await page.reload()
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
})

test('The page that asks again by itself waits longer each time, leaves the way back free, and is asked again by hand without script', {
  tag: ['@F35', '@fleet'],
}, async ({ browser, baseURL, context, page, server, user, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/docs')
  await loseAccess(context)
  const repair = failRefreshes(server)
  const waits: number[] = []
  await page.exposeFunction('note', (ms: number) => void waits.push(ms))
  await page.addInitScript(() => {
    const wait = window.setTimeout
    const note = (window as unknown as { note(ms: number): void }).note
    // The page waits as long as it says. The test does not.
    window.setTimeout = ((ask: () => void, ms: number) => {
      note(ms)
      return wait(ask, 0)
    }) as typeof window.setTimeout
  })
  await page.goto('/dashboard?tab=2#activity')
  await expect.poll(() => waits.length).toBeGreaterThan(12)
  expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000])
  expect(waits.slice(9, 12)).toEqual([300_000, 300_000, 300_000])
  expect(page.url()).toBe(`${baseURL}/dashboard?tab=2#activity`)

  const plain = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  await plain.addCookies(await context.cookies())
  const still = await plain.newPage()
  await still.goto('/dashboard?tab=2')
  repair()
  await still.getByRole('link', { name: 'Try again' }).click()
  await expect(still.getByTestId('whoami-page')).toHaveText(user.name)
  expect(still.url()).toBe(`${baseURL}/dashboard?tab=2`)
  await plain.close()

  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  expect(page.url()).toBe(`${baseURL}/dashboard?tab=2#activity`)
  await page.goBack()
  await expect(page).toHaveURL('/docs')
})
