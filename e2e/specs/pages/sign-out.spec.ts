import type { Page } from '@playwright/test'
import { readJar } from '@/e2e/support/clients/jar'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { findBrowsers } from '@/scripts/support/browser.mjs'
import type { TestProxy } from '@/testing/kit/proxy'

const SIGN_OUT = 'sign-out'

for (const where of ['the refresh route and middleware', 'middleware and the browser'] as const) {
  test(`Sign-out while a refresh is under way between ${where} wins, and late cookies are dead`, {
    tag: where === 'middleware and the browser' ? ['@F17', '@fleet'] : ['@F17', '@fleet', '@hop'],
  }, async ({ context, page, server, user, rows, front, inner, expectSignedOut, signedIn }) => {
    await signedIn(context, { user })
    await server.kit.passTime(600_000, { user })
    await loseAccess(context)
    const before = await readJar(context)
    const [proxy, path]: [TestProxy, string] =
      where === 'middleware and the browser' ? [front, '/dashboard'] : [inner, '/api/auth/refresh']
    const late = proxy.hold({ path })

    const opening = page.goto('/dashboard')
    const { answer } = await late.arrived
    expect(answer?.setCookies.join()).toContain('refresh_token=')
    expect((await context.request.post('/api/auth/logout')).status()).toBe(204)
    expect(await readJar(context)).toEqual({ access: null, refresh: null, challenge: null })
    late.release()
    await opening

    // The late cookies arrive after sign-out deleted the others, and they are worthless.
    await expect.poll(async () => (await readJar(context)).refresh).not.toBeNull()
    expect((await readJar(context)).refresh).not.toBe(before.refresh)
    expect(rows.session(user.name)).toMatchObject({ generation: 1, revoked_reason: 'signed_out' })
    expect((await context.request.get('/api/me')).status()).toBe(401)
    await page.goto('/dashboard')
    await expectSignedOut(page, /You are signed out/)
    await loseAccess(context)
    expect((await context.request.get('/api/me')).status()).toBe(401)
    await page.goto('/devices')
    await expectSignedOut(page, /You are signed out/)
    expect(rows.session(user.name)).toMatchObject({ generation: 1, revoked_reason: 'signed_out' })
  })
}

test('The back button after sign-out shows nothing of anybody', { tag: '@F18' }, async ({
  context,
  page,
  user,
  expectSignedOut,
  signedIn,
}) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  for (const name of ['Devices', 'Account']) {
    await page.getByRole('link', { name }).click()
    await expect(page).toHaveURL(`/${name.toLowerCase()}`)
  }
  await expect(page.locator('main')).toContainText(user.name)
  await page.getByTestId(SIGN_OUT).click()
  await expectSignedOut(page, /You are signed out/)

  for (let step = 0; step < 3; step++) {
    await page.goBack()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
    await expect(page.locator('body')).not.toContainText(user.name)
  }
})

test('A page that the browser has kept alive for the back button shows nothing of anybody after sign-out', {
  tag: '@F18',
}, async ({
  playwright,
  launchOptions,
  server,
  user,
  front,
  expectSignedOut,
  expectStillSignedIn,
  signedIn,
}) => {
  const kept = '/kept'
  front.when({ path: kept }, { kind: 'answer', status: 204 })
  const headers = { 'content-type': 'text/html' }
  front.when({ path: '/plain' }, { kind: 'answer', status: 200, headers, body: 'plain' })
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    // The headless shell of Chromium has no back/forward cache.
    executablePath: findBrowsers()?.full ?? '',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
  try {
    const context = await browser.newContext({ baseURL: server.origin })
    // Playwright loses a page that is restored from the back/forward cache, so the page itself reports what it shows.
    await context.addInitScript((path) => {
      window.addEventListener('pageshow', ({ persisted }) => {
        if (persisted) navigator.sendBeacon(path, document.body.innerText)
      })
    }, kept)
    const goBack = (page: Page) => page.evaluate(() => history.back()).catch(() => {})

    const plain = await context.newPage()
    await plain.goto('/plain')
    await plain.goto('/sign-in')
    await goBack(plain)
    await expect.poll(() => front.passed(kept).map(({ body }) => body)).toEqual(['plain'])

    await signedIn(context, { user })
    const page = await context.newPage()
    await page.goto('/dashboard')
    await expectStillSignedIn(page, user)
    await page.getByTestId(SIGN_OUT).click()
    await expectSignedOut(page, /You are signed out/)
    const documents = () =>
      front
        .passed('/dashboard')
        .filter((exchange) => exchange.headers['sec-fetch-dest'] === 'document')
        .map(({ answer }) => answer?.status)
    expect(documents()).toEqual([200])
    await goBack(page)
    await expect.poll(documents).toEqual([200, 303])
    expect(front.passed(kept)).toHaveLength(1)
  } finally {
    await browser.close()
  }
})

test('A redirect that was prefetched while signed out is not remembered after signing in', {
  tag: '@F15',
}, async ({ context, page, user, expectStillSignedIn, signedIn }) => {
  await signedIn(context, { user })
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  await page.route('**', async (route) => {
    if (route.request().headers()['next-router-prefetch']) await opened
    await route.continue()
  })
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  await context.clearCookies()
  const redirected = Promise.all(
    ['/devices', '/account'].map((path) =>
      page.waitForResponse(
        (response) => new URL(response.url()).pathname === path && response.status() === 303,
      ),
    ),
  )
  open()
  await redirected

  await signedIn(context, { user })
  await page.evaluate(() => {
    document.documentElement.dataset.sameDocument = 'yes'
  })
  await page.getByRole('link', { name: 'Devices' }).click()
  await expect(page.getByTestId('device-row').first()).toBeVisible()
  await page.getByRole('link', { name: 'Account' }).click()
  await expect(page.getByRole('heading', { name: 'Change password' })).toBeVisible()
  await expect(page.locator('html[data-same-document=yes]')).toHaveCount(1)
})
