import { expect, test } from '@/e2e/support/fixtures'

for (const script of ['with', 'without'] as const) {
  test.describe(`${script} script`, () => {
    test.use({ javaScriptEnabled: script === 'with' })

    test('After a wrong password the name is still in the form, and in no address', async ({
      page,
      user,
    }) => {
      const addresses: string[] = []
      page.on('request', (request) => {
        addresses.push(`${request.url()} ${request.headers().referer}`)
      })
      await page.goto('/sign-in?next=%2Fdevices')
      await page.locator('input[name=username]').fill(user.name)
      await page.locator('input[name=password]').fill('a wrong one')
      await page.locator('form[action="/api/auth/login"] [type=submit]').click()
      await expect(page.getByRole('alert').first()).toBeVisible()
      await expect(page.locator('input[name=username]')).toHaveValue(user.name)
      await expect(page.locator('input[name=password]')).toHaveValue('')
      expect(addresses.length).toBeGreaterThan(1)
      expect(addresses.filter((address) => address.includes(user.name))).toEqual([])
      await page.locator('input[name=password]').fill(user.password)
      await page.locator('form[action="/api/auth/login"] [type=submit]').click()
      await expect(page).toHaveURL(/\/devices$/)
      // Without the returned state, the form does not reveal the last user.
      await page.context().clearCookies({ name: /token/ })
      await page.goto('/sign-in')
      await expect(page.locator('input[name=username]')).toHaveValue('')
    })

    test('Ending all others asks once', async ({ page, browser, server, user, signedIn }) => {
      const other = await browser.newContext({ baseURL: server.origin })
      await signedIn(other, { user })
      await signedIn(page.context(), { user })
      await page.goto('/devices')
      await expect(page.getByTestId('device-row')).toHaveCount(2)
      await expect(page.getByTestId('end-others-confirm')).toBeHidden()
      await page.getByTestId('end-others').click()
      await expect(page.getByTestId('end-others-confirm')).toBeVisible()
      expect((await other.request.get('/api/me')).status()).toBe(200)
      await page.getByTestId('end-others-confirm').click()
      await expect(page.getByTestId('end-result')).toContainText('One session ended')
      expect((await other.request.get('/api/me')).status()).toBe(401)
      await other.close()
    })
  })
}

test('A page that is not there keeps the navigation of a signed-in person', async ({
  page,
  user,
  signedIn,
}) => {
  await signedIn(page.context(), { user })
  await page.goto('/dashboard')
  const answer = await page.goto('/devices/nowhere')
  expect(answer?.status()).toBe(404)
  const navigation = page.getByRole('navigation', { name: 'Main' })
  await expect(navigation.getByRole('link', { name: 'Dashboard' })).toBeVisible()
  await expect(page.getByTestId('sign-out')).toBeVisible()
  await navigation.getByRole('link', { name: 'Account' }).click()
  await expect(page).toHaveURL(/\/account$/)
})

test('A page that is not there shows a stranger no navigation', async ({ page }) => {
  const answer = await page.goto('/docs/nowhere')
  if (answer?.status() === 404) await expect(page.getByTestId('sign-out')).toHaveCount(0)
  else await expect(page).toHaveURL(/\/sign-in/)
})

for (const script of ['with', 'without'] as const) {
  test.describe(`${script} script, posted at once`, () => {
    test.use({ javaScriptEnabled: script === 'with' })

    test('Two sign-in forms leave one session, whichever answer comes last', async ({
      context,
      server,
      user,
    }) => {
      const tabs = await Promise.all([context.newPage(), context.newPage()])
      for (const tab of tabs) {
        await tab.goto(`${server.origin}/sign-in`)
        await tab.locator('input[name=username]').fill(user.name)
        await tab.locator('input[name=password]').fill(user.password)
      }
      const send = 'form[action="/api/auth/login"] [type=submit]'
      await Promise.all(tabs.map((tab) => tab.locator(send).click({ noWaitAfter: true })))
      for (const tab of tabs) await expect(tab).toHaveURL(/\/dashboard$/)
      const { sessions } = await (await context.request.get('/api/sessions')).json()
      expect(sessions).toHaveLength(1)
      for (const tab of tabs) {
        const answer = await tab.reload()
        expect([answer?.status(), new URL(tab.url()).pathname]).toEqual([200, '/dashboard'])
      }
    })
  })
}
