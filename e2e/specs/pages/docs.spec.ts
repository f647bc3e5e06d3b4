import type { Page } from '@playwright/test'
import { expect, test } from '@/e2e/support/fixtures'
import { complaintsOf, untilIdle } from '@/e2e/support/steps'

const me = (page: Page) => page.locator('#operations-Account-getMe')

async function open(page: Page): Promise<void> {
  await page.goto('/docs')
  await expect(me(page)).toBeVisible()
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`The API is read and tried in the page, under its policy, in ${colorScheme}`, {
    tag: '@heavy',
  }, async ({ browser, baseURL, user }) => {
    const context = await browser.newContext({ baseURL: `${baseURL}`, colorScheme })
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    const asked = new Set<string>()
    page.on('request', (request) => asked.add(new URL(request.url()).origin))
    await open(page)
    await expect(page).toHaveTitle('API · Rekindle')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('API')
    const { paths } = await (await context.request.get('/api/openapi.json')).json()
    const described = Object.values<object>(paths).flatMap((path) => Object.keys(path))
    await expect(page.locator('.opblock')).toHaveCount(described.length)

    const signIn = page.locator('#operations-Signing_in-signIn')
    await signIn.locator('.opblock-summary-control').click()
    await signIn.getByRole('button', { name: 'Try it out' }).click()
    await signIn
      .locator('textarea')
      .fill(JSON.stringify({ username: user.name, password: user.password }))
    await signIn.getByRole('button', { name: 'Execute' }).click()
    await expect(signIn.locator('.live-responses-table .response').first()).toContainText('200')

    await me(page).locator('.opblock-summary-control').click()
    await me(page).getByRole('button', { name: 'Try it out' }).click()
    await me(page).getByRole('button', { name: 'Execute' }).click()
    const answer = me(page).locator('.live-responses-table .response').first()
    await expect(answer).toContainText('200')
    await expect(answer).toContainText(user.name)
    expect(complaints).toEqual([])
    expect([...asked]).toEqual([baseURL])

    const shade = await page.evaluate(() => {
      const [red = 0] = getComputedStyle(document.querySelector('.opblock-tag') as Element)
        .color.replace(/[^\d.,]/g, '')
        .split(',')
        .map(Number)
      return red
    })
    expect(shade > 128).toBe(colorScheme === 'dark')
    await context.close()
  })
}

test('Without scripts the page says where the description is, and what it is', {
  tag: '@heavy',
}, async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/docs')
  await expect(page.locator('noscript p')).toBeVisible()
  await expect(page.locator('noscript p')).toContainText('Without JavaScript')
  await expect(page.getByText('Loading')).toHaveCount(0)
  await page.getByRole('link', { name: 'openapi.json' }).click()
  await expect(page.locator('body')).toContainText('"openapi":"3.1')
  await context.close()
})

test('It fits into 320 pixels, every part of it open', { tag: '@heavy' }, async ({
  browser,
  baseURL,
}) => {
  const viewport = { width: 320, height: 640 }
  const context = await browser.newContext({ baseURL: `${baseURL}`, viewport })
  const page = await context.newPage()
  await open(page)
  await page.evaluate(() => {
    for (const summary of document.querySelectorAll<HTMLElement>('.opblock-summary-control')) {
      summary.click()
    }
  })
  await expect(page.locator('.opblock.is-open')).toHaveCount(await page.locator('.opblock').count())
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await context.close()
})

test('Only its own page fetches the list', { tag: '@heavy' }, async ({
  page,
  context,
  user,
  signedIn,
}) => {
  let bytes = 0
  page.on('response', async (answer) => {
    if (!answer.url().includes('/_next/static/')) return
    bytes += (await answer.body().catch(() => Buffer.alloc(0))).length
  })
  await signedIn(context, { user })
  for (const path of ['/', '/sign-in', '/dashboard']) {
    bytes = 0
    await page.goto(path)
    await untilIdle(page)
    expect(bytes, path).toBeLessThan(1_000_000)
  }
  bytes = 0
  await open(page)
  expect(bytes).toBeGreaterThan(1_000_000)
})
