import type { Page } from '@playwright/test'
import { expect, test } from '@/e2e/support/fixtures'
import { complaintsOf, untilIdle } from '@/e2e/support/steps'

const operation = (page: Page, id: string) => page.locator(`[data-testid=operation]#${id}`)

test('The API is read and tried in the page, under its policy', async ({
  context,
  page,
  baseURL,
  user,
}) => {
  const complaints = complaintsOf(page)
  const asked = new Set<string>()
  page.on('request', (request) => asked.add(new URL(request.url()).origin))
  await page.goto('/docs')
  await expect(page).toHaveTitle('API · Rekindle')
  await expect(page.getByTestId('who')).toContainText('You are not signed in')
  const { paths } = await (await context.request.get('/api/openapi.json')).json()
  const described = Object.values<object>(paths).flatMap((path) => Object.keys(path))
  await expect(page.getByTestId('operation')).toHaveCount(described.length)

  const signIn = operation(page, 'signIn')
  await signIn.locator('summary').click()
  await signIn
    .locator('textarea')
    .fill(JSON.stringify({ username: user.name, password: user.password }))
  await signIn.getByRole('button', { name: 'Send POST' }).click()
  await expect(signIn.getByTestId('answer')).toContainText('200')

  const me = operation(page, 'getMe')
  await me.locator('summary').click()
  await me.getByRole('button', { name: 'Send GET' }).click()
  await expect(me.getByTestId('answer')).toContainText(user.name)

  // A stream never ends; the page shows how it begins.
  const watch = operation(page, 'watchSession')
  await expect(watch.locator('pre').first()).toContainText('curl')
  expect(complaints).toEqual([])
  expect([...asked]).toEqual([baseURL])

  await page.reload()
  await expect(page.getByTestId('who')).toContainText(user.name)
  await expect(page.getByTestId('sign-out')).toBeVisible()
})

test('Without scripts the page has every operation, and says that nothing can be tried', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/docs')
  await expect(page.getByText('Without scripts nothing can be tried here')).toBeVisible()
  await operation(page, 'getMe').locator('summary').click()
  await expect(operation(page, 'getMe')).toContainText('INVALID_ACCESS_TOKEN')
  await expect(operation(page, 'getMe').getByTestId('try')).toBeHidden()
  await page.getByRole('link', { name: 'openapi.json' }).click()
  await expect(page.locator('body')).toContainText('"openapi":"3.1')
  await context.close()
})

test('The commands for a shell work as they stand', async ({ page, user, baseURL }) => {
  await page.goto('/docs')
  const signIn = operation(page, 'signIn')
  await signIn.locator('summary').click()
  const command = await signIn.locator('pre').first().textContent()
  const [, body = ''] = /-d '(.*)'/.exec(`${command}`) ?? []
  const given = { ...JSON.parse(body), username: user.name, password: user.password }
  expect(Object.keys(given).sort()).toEqual(['password', 'username'])
  expect(command).toContain(`'${baseURL}/api/auth/login'`)
})

test('It fits into 320 pixels, every part of it open', async ({ browser, baseURL }) => {
  const viewport = { width: 320, height: 640 }
  const context = await browser.newContext({ baseURL: `${baseURL}`, viewport })
  const page = await context.newPage()
  await page.goto('/docs')
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('details')) one.open = true
  })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await context.close()
})

test('It is no heavier than another page', async ({ browser, baseURL, user, kit }) => {
  /** The bytes of all files of a page that a browser visits for the first time, uncompressed. */
  const weigh = async (path: string) => {
    const context = await browser.newContext({ baseURL: `${baseURL}` })
    await kit.signedIn(context, { user })
    const page = await context.newPage()
    await page.goto(path)
    await untilIdle(page)
    const sizes = await page.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter(({ name }) => name.includes('/_next/static/'))
        .map(({ decodedBodySize }) => decodedBodySize),
    )
    await context.close()
    expect(sizes.length).toBeGreaterThan(5)
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  expect(await weigh('/docs')).toBeLessThanOrEqual(await weigh('/dashboard'))
})
