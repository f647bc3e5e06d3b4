import { expect, test } from '@/e2e/support/fixtures'
import { passTimeSinceSignIn } from '@/e2e/support/server/database'

const LONG_MS = 16 * 60_000

test('A person without a password is asked for none, but for a recent sign-in, and comes back to where that was asked', async ({
  page,
  context,
  server,
  user,
  rows,
  signedIn,
}) => {
  await signedIn(context, { user })
  // The session goes on when its user loses the password, as a user has none who came by a passkey.
  server.sql.run(`UPDATE users SET password_hash = '' WHERE name = ?`, [user.name])
  await page.goto('/account')
  await expect(page.getByTestId('delete-account')).toBeVisible()
  await expect(page.getByTestId('change-password')).toHaveCount(0)
  await expect(page.locator('[type=password]')).toHaveCount(0)

  passTimeSinceSignIn(server, user.name, LONG_MS)
  await page.getByTestId('delete-account').locator('[type=submit]').click()
  await page.waitForURL('/confirm?next=%2Faccount')
  await expect(page.getByRole('heading', { name: 'Sign in again' })).toBeVisible()
  await expect(page.locator('[type=password]')).toHaveCount(0)
  await page.getByTestId('sign-in-again').click()
  // The sign-in page is shown to a person who is signed in, and keeps the way back.
  await page.waitForURL('/sign-in?again=1&next=%2Faccount')
  await expect(page.locator('[name=next]')).toHaveValue('/account')
  expect(rows.session(user.name).revoked_at).toBeNull()

  passTimeSinceSignIn(server, user.name, -LONG_MS)
  await page.goto('/account')
  await page.getByTestId('delete-account').locator('[type=submit]').click()
  await page.waitForURL('/')
  expect(rows.sessions(user.name)).toEqual([])
})

test('A person without a password ends other sessions after a recent sign-in alone, and no password signs in', async ({
  page,
  browser,
  context,
  baseURL,
  server,
  user,
  rows,
  signedIn,
}) => {
  await signedIn(context, { user })
  const other = await browser.newContext({ baseURL: `${baseURL}` })
  await signedIn(other, { user })
  server.sql.run(`UPDATE users SET password_hash = '' WHERE name = ?`, [user.name])
  const data = { username: user.name, password: user.password }
  expect((await other.request.post('/api/auth/login', { data })).status()).toBe(401)
  await other.close()
  const live = () => rows.sessions(user.name).filter(({ revoked_at }) => revoked_at === null)

  await page.goto('/devices')
  passTimeSinceSignIn(server, user.name, LONG_MS)
  await page.getByTestId('end-session').first().click()
  await page.waitForURL('/confirm?next=%2Fdevices')
  expect(live()).toHaveLength(2)
  passTimeSinceSignIn(server, user.name, -LONG_MS)
  await page.goto('/devices')
  await page.getByTestId('end-session').first().click()
  await expect(page.getByTestId('end-result')).toContainText('Session ended')
  expect(live()).toHaveLength(1)
})

test('A person without a password who did not recognise a device, or is warned, is sent to no form that asks for one', async ({
  page,
  browser,
  context,
  baseURL,
  server,
  user,
  rows,
  signedIn,
}) => {
  await signedIn(context, { user })
  const other = await browser.newContext({ baseURL: `${baseURL}` })
  await signedIn(other, { user })
  server.sql.run(`UPDATE users SET password_hash = '' WHERE name = ?`, [user.name])
  await page.goto('/devices')
  await page.getByTestId('not-me').locator('summary').click()
  await expect(page.locator('main')).not.toContainText('password')
  await page.getByTestId('not-me-confirm').click()
  await expect(page.getByTestId('end-result')).toContainText('One session ended')
  expect(page.url()).toBe(`${baseURL}/devices`)
  expect(rows.sessions(user.name).filter(({ revoked_at }) => revoked_at === null)).toHaveLength(1)
  await other.close()

  const stolen = await browser.newContext({ baseURL: `${baseURL}` })
  await signedIn(stolen, { user, state: 'reused' })
  await stolen.close()
  await page.goto('/account?notice=not-me')
  await expect(page.getByTestId('security-alert')).toContainText('We signed you out')
  await expect(page.getByTestId('not-me-notice')).toHaveCount(0)
  await expect(page.locator('main')).not.toContainText('password')
})
