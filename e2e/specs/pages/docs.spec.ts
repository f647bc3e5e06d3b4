import { execFileSync } from 'node:child_process'
import type { Page } from '@playwright/test'
import { expect, test } from '@/e2e/support/fixtures'
import { directServer } from '@/e2e/support/server/direct-server'
import { complaintsOf, untilIdle } from '@/e2e/support/steps'

/** The address and the options that a shell passes to curl for this command. It needs no curl on the machine. */
function readByShell(command: string): [url: string, options: Record<string, string>] {
  const echo = `curl() { printf '%s\\0' "$@"; }; ${command}`
  const given = execFileSync('sh', ['-c', echo], { encoding: 'utf8' }).split('\0').slice(0, -1)
  const options: Record<string, string> = {}
  let url = ''
  for (let at = 0; at < given.length; at++) {
    const one = given[at] ?? ''
    if (one.startsWith('-')) options[one] = given[++at] ?? ''
    else url = one
  }
  return [url, options]
}

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

  expect(complaints).toEqual([])
  expect([...asked]).toEqual([baseURL])

  await page.reload()
  await expect(page.getByTestId('who')).toContainText(user.name)
  await expect(page.getByTestId('sign-out')).toBeVisible()
})

test('Of a stream, which does not end, it shows the beginning', async ({
  context,
  page,
  startServer,
}) => {
  const { origin, kit, register } = await directServer(startServer)
  await kit.signedIn(context, { user: await register() })
  await page.goto(`${origin}/docs`)
  const watch = operation(page, 'watchSession')
  await watch.locator('summary').click()
  await watch.getByRole('button', { name: 'Send GET' }).click()
  await expect(watch.getByTestId('answer')).toContainText('data: {"now":')
})

test('Of a stream that a proxy holds back it says that there is no answer', async ({
  context,
  page,
  user,
  signedIn,
}) => {
  await signedIn(context, { user })
  await page.goto('/docs')
  const watch = operation(page, 'watchSession')
  await watch.locator('summary').click()
  const send = watch.getByRole('button', { name: 'Send GET' })
  await send.click()
  await expect(watch.getByTestId('answer')).toContainText('No answer')
  await expect(send).toBeEnabled()
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

test('The command for a shell signs in, with a name and a password filled in', async ({
  page,
  user,
}) => {
  await page.goto('/docs')
  const signIn = operation(page, 'signIn')
  await signIn.locator('summary').click()
  const shown = await signIn.locator('pre').filter({ hasText: 'curl' }).textContent()
  const [url, options] = readByShell(`${shown}`)
  const example = JSON.parse(options['-d'] ?? '')
  expect(Object.keys(example).sort()).toEqual(['password', 'username'])

  const [name, value] = options['-H']?.split(': ') ?? []
  const response = await fetch(url, {
    method: options['-X'] ?? 'GET',
    headers: { [`${name}`]: `${value}` },
    body: JSON.stringify({ username: user.name, password: user.password }),
  })
  expect(response.status).toBe(200)
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
