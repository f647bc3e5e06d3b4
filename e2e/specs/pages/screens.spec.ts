import { expect, test } from '@/e2e/support/fixtures'
import type { User } from '@/e2e/support/server/server'
import { complaintsOf, untilIdle } from '@/e2e/support/steps'

const PUBLIC = [
  '/',
  '/docs',
  '/sign-in',
  '/sign-up',
  '/sign-in?reason=reused',
  '/sign-up?error=name_taken',
]
const PROTECTED = ['/dashboard', '/devices', '/account', '/nothing-here']

for (const colorScheme of ['light', 'dark'] as const) {
  test(`Every page keeps its policy and the console silent, in ${colorScheme}`, async ({
    browser,
    baseURL,
    user,
    signedIn,
  }) => {
    const context = await browser.newContext({ baseURL: `${baseURL}`, colorScheme })
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    const nonces = new Set<string>()
    const visit = async (path: string) => {
      const answer = await page.goto(path)
      await untilIdle(page)
      const headers = answer?.headers() ?? {}
      const policy = headers['content-security-policy'] ?? ''
      nonces.add(/'nonce-([^']+)'/.exec(policy)?.[1] ?? path)
      expect(policy).not.toMatch(/unsafe/)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      })
      expect(headers['cache-control']).toContain('no-store')
      expect(headers).not.toHaveProperty('x-powered-by')
      expect(headers).not.toHaveProperty('strict-transport-security')
      if (path === '/nothing-here') {
        expect(answer?.status()).toBe(404)
        // The only message is Chromium's own about the status.
        expect(complaints.splice(0)).toEqual([expect.stringContaining('404')])
      }
      expect(complaints, path).toEqual([])
    }
    for (const path of PUBLIC) await visit(path)
    await signedIn(context, { user })
    for (const path of ['/', ...PROTECTED]) await visit(path)
    expect(nonces.size).toBe(PUBLIC.length + 1 + PROTECTED.length)

    await page.goto('/dashboard')
    await page.getByTestId('action-run').click()
    await expect(page.getByTestId('action-result')).toContainText(user.name)
    await page.getByTestId('api-run').click()
    await expect(page.getByTestId('api-result')).toContainText(user.name)
    await page.getByRole('link', { name: 'Devices' }).click()
    await expect(page.getByTestId('device-row')).toHaveCount(1)
    expect(complaints).toEqual([])
    await context.close()
  })
}

test('Every page fits into 320 pixels', async ({ browser, baseURL, user, signedIn }) => {
  const context = await browser.newContext({
    baseURL: `${baseURL}`,
    viewport: { width: 320, height: 640 },
  })
  const page = await context.newPage()
  const fits = async (path: string) => {
    await page.goto(path)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width, path).toBeLessThanOrEqual(320)
  }
  for (const path of PUBLIC) await fits(path)
  await signedIn(context, { user })
  for (const path of PROTECTED) await fits(path)
  await context.close()
})

test('Without scripts one signs in, is told of a wrong password, and signs out', async ({
  browser,
  baseURL,
  user,
  expectSignedOut,
  expectStillSignedIn,
}) => {
  const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/devices?from=a-letter')
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill('not the password')
  await page.locator('[type=submit]').click()
  await expect(page.getByRole('alert')).toContainText('Wrong name or password')
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('[type=submit]').click()
  await page.waitForURL('/devices?from=a-letter')
  await expect(page.getByTestId('device-row')).toHaveCount(1)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  await page.getByTestId('sign-out').click()
  await expectSignedOut(page, /You are signed out/)
  await context.close()
})

test('One signs up, ends other sessions, changes the password, and deletes the account', async ({
  browser,
  baseURL,
  page,
  context,
  server,
  expectStillSignedIn,
  signedIn,
}) => {
  const chosen = {
    name: `s-${Date.now()}-${Math.random()}`.slice(0, 40),
    password: 'ember and ash',
  }
  await page.goto('/')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.locator('input[name=username]').fill(chosen.name)
  await page.locator('input[name=password]').fill(chosen.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.waitForURL('/dashboard')
  const { user: created } = await (await context.request.get('/api/me')).json()
  const user: User = { ...created, ...chosen }
  await expectStillSignedIn(page, user)
  await expect(page.getByTestId('access-countdown')).toHaveAttribute('data-seconds-left', /^\d+$/)
  await expect(page.getByTestId('activity')).toHaveCount(1)

  const others = await Promise.all(
    [1, 2, 3].map(async () => {
      const other = await browser.newContext({ baseURL: `${baseURL}` })
      await signedIn(other, { user })
      return other
    }),
  )
  const [first, second, third] = others
  if (!first || !second || !third) throw new Error('Three contexts were opened')
  const isIn = async (other: typeof context) =>
    (await other.request.get('/api/me')).status() === 200
  const livesIn = () => Promise.all(others.map(isIn))
  expect(await livesIn()).toEqual([true, true, true])

  await page.getByRole('link', { name: 'Devices' }).click()
  await expect(page.getByTestId('device-row')).toHaveCount(4)
  await page.getByTestId('end-session').first().click()
  await expect(page.getByTestId('end-result')).toContainText('Session ended')
  await expect(page.getByTestId('device-row')).toHaveCount(3)
  expect((await livesIn()).filter(Boolean)).toHaveLength(2)
  await page.getByTestId('end-others').click()
  await expect(page.getByTestId('end-others-confirm')).toContainText('Yes, sign them out')
  expect((await livesIn()).filter(Boolean)).toHaveLength(2)
  await page.getByTestId('end-others-confirm').click()
  await expect(page.getByTestId('end-result')).toContainText('2 sessions ended')
  await expect(page.getByTestId('device-row')).toHaveCount(1)
  expect(await livesIn()).toEqual([false, false, false])

  await signedIn(second, { user })
  await page.getByRole('link', { name: 'Account' }).click()
  const change = page.getByTestId('change-password')
  await change.locator('[name=currentPassword]').fill('a wrong one')
  await change.locator('[name=newPassword]').fill('sparks and tinder')
  await change.locator('button.button').click()
  await expect(change.getByRole('alert')).toContainText('Nothing was changed')
  expect(await isIn(second)).toBe(true)
  await change.locator('[name=currentPassword]').fill(user.password)
  await change.locator('[name=newPassword]').fill('sparks and tinder')
  await change.locator('button.button').click()
  await expect(change.getByRole('status')).toContainText('One other session was ended')
  expect(await isIn(second)).toBe(false)
  const [old, fresh] = await Promise.all(
    [user.password, 'sparks and tinder'].map((password) =>
      third.request.post('/api/auth/login', { data: { username: user.name, password } }),
    ),
  )
  expect([old?.status(), fresh?.status()]).toEqual([401, 200])

  const removal = page.getByTestId('delete-account')
  await removal.locator('[name=password]').fill('sparks and tinder')
  await removal.locator('button.button-alarm').click()
  await page.waitForURL('/')
  await page.goto('/dashboard')
  await page.waitForURL((url) => url.pathname === '/sign-in')
  expect(await isIn(third)).toBe(false)
  expect(server.rows.sessions(user.name)).toHaveLength(0)
  await Promise.all(others.map((other) => other.close()))
})
