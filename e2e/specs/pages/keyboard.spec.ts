import { expect, test } from '@/e2e/support/fixtures'
import { expectFocusWithin, keyboardOf } from '@/e2e/support/keyboard'
import { passTimeSinceSignIn } from '@/e2e/support/server/database'

const LONG_MS = 16 * 60_000
const OTHER_PASSWORD = 'another long phrase'

test('By keyboard alone one signs up, signs out and signs in', async ({ page, user }) => {
  const { goTo, press, fill } = keyboardOf(page)
  const name = page.locator('input[name=username]')
  const password = page.locator('input[name=password]')
  const account = { name: `${user.name}-2`, password: user.password }

  await page.goto('/')
  await press(page.getByRole('link', { name: 'Create an account' }))
  await page.waitForURL('/sign-up')
  await fill(name, account.name)
  await fill(password, account.password)
  await press(page.getByRole('button', { name: 'Show password' }))
  await expect(password).toHaveAttribute('type', 'text')
  await expect(page.getByRole('button', { name: 'Hide password' })).toBeFocused()
  await press(page.getByRole('button', { name: 'Create account' }))
  await page.waitForURL('/dashboard')

  await press(page.getByTestId('sign-out'))
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await fill(name, account.name)
  await fill(password, 'not the password')
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.searchParams.has('error'))
  await expectFocusWithin(page.locator('#form-alert'))
  await fill(password, account.password)
  await page.keyboard.press('Enter')
  await page.waitForURL('/dashboard')

  // The first stop skips what every page begins with.
  await page.reload()
  await goTo(page.getByRole('link', { name: 'Skip to content' }))
  await page.keyboard.press('Enter')
  await expect(page.locator('#main')).toBeFocused()
  await press(page.getByRole('link', { name: 'Devices' }))
  await page.waitForURL('/devices')
  await expect(page.getByRole('link', { name: 'Devices' })).toBeFocused()
})

test('By keyboard alone one uses the dashboard', async ({ page, context, user, signedIn }) => {
  const { goTo, press, fill } = keyboardOf(page)
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await goTo(page.getByTestId('mark').last())
  await page.keyboard.press('Home')
  await expect(page.getByTestId('mark').first()).toBeFocused()

  await fill(page.getByRole('textbox', { name: 'Note' }), 'by keyboard')
  await press(page.getByTestId('action-run'))
  await expect(page.getByTestId('action-result')).toContainText('by keyboard')
  await expect(page.getByTestId('action-run')).toBeFocused()
  await press(page.getByTestId('api-run'))
  await expect(page.getByTestId('api-result')).toContainText(user.name)
  await expect(page.getByTestId('api-run')).toBeFocused()
})

test('By keyboard alone one dismisses the alert about a copied session', async ({
  page,
  context,
  browser,
  user,
  signedIn,
}) => {
  const other = await browser.newContext()
  await signedIn(other, { user, state: 'reused' })
  await other.close()
  await signedIn(context, { user })
  const { press } = keyboardOf(page)
  await page.goto('/dashboard')
  await press(page.getByTestId('dismiss-alert'))
  await expect(page.getByTestId('security-alert')).toHaveCount(0)
  await expectFocusWithin(page.getByRole('main'))
})

test('By keyboard alone one renames a device, signs one out, and says that one was not theirs', async ({
  page,
  context,
  browser,
  server,
  user,
  signedIn,
}) => {
  for (const _ of [1, 2]) {
    const other = await browser.newContext()
    await signedIn(other, { user })
    await other.close()
  }
  await signedIn(context, { user })
  const { press, fill } = keyboardOf(page)
  await page.goto('/devices')
  const rows = page.getByTestId('device-row')
  const rename = rows.first().getByTestId('rename')
  await press(rename.locator('summary'))
  await fill(rename.locator('input[name=name]'), 'My laptop')
  await press(rename.getByRole('button', { name: 'Save' }))
  await expect(rows.first().getByRole('heading')).toContainText('My laptop')
  await expect(rename.locator('summary')).toBeFocused()

  await press(page.getByTestId('end-session').first())
  await expect(page.getByTestId('end-result')).toContainText('Session ended')
  await expect(rows).toHaveCount(2)
  await expectFocusWithin(page.getByTestId('end-result'))

  passTimeSinceSignIn(server, user.name, LONG_MS)
  await press(page.getByTestId('not-me').locator('summary'))
  await press(page.getByTestId('not-me-confirm'))
  await expect(page.getByTestId('end-result')).toContainText('Enter your password')
  await expectFocusWithin(page.getByTestId('end-result'))
  const confirm = page.getByTestId('confirm-end')
  await fill(confirm.locator('input[name=password]'), user.password)
  await press(confirm.locator('button[name=end]'))
  await page.waitForURL((url) => url.pathname === '/account')
  await expect(page.getByTestId('not-me-notice')).toBeVisible()
  await expectFocusWithin(page.getByRole('main'))
})

test('By keyboard alone one confirms the password, changes it, and deletes the account', async ({
  page,
  context,
  user,
  signedIn,
}) => {
  const { press, fill } = keyboardOf(page)
  await signedIn(context, { user })
  await page.goto('/confirm?next=%2Faccount')
  const confirm = page.getByTestId('confirm-password')
  const given = confirm.locator('input[name=password]')
  await fill(given, 'not the password')
  await press(confirm.getByRole('button', { name: 'Continue' }))
  await expectFocusWithin(confirm.getByRole('alert'))
  await fill(given, user.password)
  await press(confirm.getByRole('button', { name: 'Continue' }))
  await page.waitForURL('/account')
  await expectFocusWithin(page.getByRole('main'))

  const change = page.getByTestId('change-password')
  const submit = change.getByRole('button', { name: 'Change password' })
  await fill(change.locator('input[name=currentPassword]'), 'not the password')
  await fill(change.locator('input[name=newPassword]'), OTHER_PASSWORD)
  await press(submit)
  await expectFocusWithin(change.getByRole('alert'))
  await fill(change.locator('input[name=currentPassword]'), user.password)
  await fill(change.locator('input[name=newPassword]'), OTHER_PASSWORD)
  await press(submit)
  await expect(change.getByRole('status')).toContainText('Password changed')
  await expectFocusWithin(change.getByRole('status'))

  const deletion = page.getByTestId('delete-account')
  await fill(deletion.locator('input[name=password]'), OTHER_PASSWORD)
  await press(deletion.getByRole('button', { name: 'Delete my account' }))
  await page.waitForURL('/')
  await expectFocusWithin(page.getByRole('main'))
})

test('By keyboard alone one tries the API', async ({ page, context, user, signedIn }) => {
  const { press } = keyboardOf(page)
  await signedIn(context, { user })
  await page.goto('/docs')
  const operation = page.locator('[data-testid=operation]').filter({
    has: page.locator('summary code', { hasText: /^\/api\/me$/ }),
  })
  await press(operation.first().locator('summary'))
  const send = operation.first().getByRole('button', { name: 'Send GET' })
  await press(send)
  await expect(operation.first().getByTestId('answer')).toContainText(user.name)
  await expect(send).toBeFocused()
})

test('By keyboard alone one plays a scene of the lab', async ({ page, startServer }) => {
  const { origin } = await startServer({ env: { LAB: '1' } })
  const { press } = keyboardOf(page)
  const control = (name: string) => page.getByRole('button', { name, exact: true })
  const steps = page.getByTestId('lab-steps').locator('li')
  await page.goto(`${origin}/lab`)
  const scene = page.getByRole('link', { name: 'A thief goes first' })
  await press(scene)
  await expect(page.getByRole('heading', { name: 'A thief goes first' })).toBeVisible()
  await expect(scene).toBeFocused()

  await press(page.getByTestId('lab-run'))
  await expect(page.getByTestId('lab-verdict')).toContainText('As promised')
  await expect(page.getByTestId('lab-run')).toBeFocused()
  const all = await steps.count()
  await press(control('Half speed'))
  await expect(control('Half speed')).toHaveAttribute('aria-pressed', 'true')
  await press(control('Again'))
  await press(control('Pause'))
  await expect(control('Go on')).toBeFocused()
  const shown = await steps.count()
  expect(shown).toBeLessThan(all)
  await press(control('Step'))
  await expect(steps).toHaveCount(shown + 1)
  await expect(control('Step')).toBeFocused()
})
