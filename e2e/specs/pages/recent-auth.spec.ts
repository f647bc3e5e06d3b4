import { expect, test } from '@/e2e/support/fixtures'

const LONG_MS = 16 * 60_000

for (const script of [true, false]) {
  test(`Ending other sessions asks a person who signed in long ago for the password, and goes on, ${script ? 'with' : 'without'} script`, async ({
    browser,
    baseURL,
    user,
    rows,
    passTime,
    signedIn,
  }) => {
    const context = await browser.newContext({
      baseURL: `${baseURL}`,
      javaScriptEnabled: script,
    })
    await signedIn(context, { user })
    for (let n = 0; n < 3; n++) {
      const other = await browser.newContext({ baseURL: `${baseURL}` })
      await signedIn(other, { user })
      await other.close()
    }
    const live = () => rows.sessions(user.name).filter(({ revoked_at }) => revoked_at === null)
    const page = await context.newPage()
    await page.goto('/devices')
    await passTime(LONG_MS)
    await page.getByTestId('end-session').first().click()
    const confirm = page.getByTestId('confirm-end')
    await expect(page.getByTestId('end-result')).toContainText('Enter your password')
    await confirm.locator('[name=password]').fill('not the password')
    await confirm.locator('[name=end]').click()
    await expect(page.getByTestId('end-result')).toContainText('not your current password')
    expect(live()).toHaveLength(4)
    await confirm.locator('[name=password]').fill(user.password)
    await confirm.locator('[name=end]').click()
    await expect(page.getByTestId('end-result')).toContainText('Session ended')
    expect(live()).toHaveLength(3)

    // The confirmation counts as a sign-in, so the next action asks for no password.
    await page.getByTestId('end-others').click()
    await page.getByTestId('end-others-confirm').click()
    await expect(page.getByTestId('end-result')).toContainText('2 sessions ended')
    expect(live()).toHaveLength(1)
    await context.close()
  })
}

test('Over the API other sessions are ended only after the password was confirmed', async ({
  context,
  user,
  passTime,
  signedIn,
}) => {
  await signedIn(context, { user })
  await passTime(LONG_MS)
  const endOthers = () => context.request.post('/api/sessions/end-others')
  const refused = await endOthers()
  expect(refused.status()).toBe(403)
  expect((await refused.json()).error.code).toBe('RECENT_SIGN_IN_REQUIRED')
  const data = { currentPassword: user.password }
  expect((await context.request.post('/api/account/confirm', { data })).status()).toBe(204)
  expect((await endOthers()).status()).toBe(200)
})

test('The page that asks for the password leads back where one was, and nowhere else', async ({
  page,
  context,
  user,
  signedIn,
}) => {
  await signedIn(context, { user })
  for (const [next, place] of [
    ['/devices?from=a-letter', '/devices?from=a-letter'],
    ['//evil.example/', '/dashboard'],
    ['https://evil.example/', '/dashboard'],
  ] as const) {
    await page.goto(`/confirm?${new URLSearchParams({ next })}`)
    const form = page.getByTestId('confirm-password')
    await form.locator('[name=password]').fill('not the password')
    await form.locator('[type=submit]').click()
    await expect(form.getByText('That is not your current password.')).toBeVisible()
    await form.locator('[name=password]').fill(user.password)
    await form.locator('[type=submit]').click()
    await page.waitForURL(place)
  }
})
