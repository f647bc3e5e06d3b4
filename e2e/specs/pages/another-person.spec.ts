import type { Browser, BrowserContext, Page } from '@playwright/test'
import { expect, signIn, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'

const nowAs = ({ name }: User) => `You are now signed in as ${name} in this browser`

/** Opens a session of this person in a separate browser context. */
async function enterElsewhere(browser: Browser, server: AppServer, user: User): Promise<void> {
  const context = await browser.newContext({ baseURL: server.origin })
  await server.kit.signedIn(context, { user })
  await context.close()
}

/** Signs in by the API, as a form does, which ends the session that the jar held before. */
async function signInByApi(context: BrowserContext, { name, password }: User): Promise<void> {
  const data = { username: name, password }
  expect((await context.request.post('/api/auth/login', { data })).status()).toBe(200)
}

/** Opens a tab for each page with a form. */
async function openEachPage(context: BrowserContext) {
  const open = async (path: string) => {
    const tab = await context.newPage()
    await tab.goto(path)
    return tab
  }
  return {
    dashboard: await open('/dashboard'),
    devices: await open('/devices'),
    account: await open('/account'),
  }
}

/** Signs one person out in this tab, and the other in through the form. */
async function handOver(page: Page, to: User): Promise<void> {
  await page.getByTestId('sign-out').click()
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await signIn(page, to, '/devices')
}

test('Tabs of one person are told when another signs in by form, and act for nobody: each action, and sign-out', {
  tag: '@F29',
}, async ({ browser, context, page, server, user: ann, rows, expectStillSignedIn, signedIn }) => {
  const bob = await server.register()
  for (const user of [ann, bob]) await enterElsewhere(browser, server, user)
  await signedIn(page.context(), { user: ann })
  await page.goto('/dashboard')
  const { dashboard, devices, account } = await openEachPage(context)
  await handOver(page, bob)
  for (const tab of [dashboard, devices, account]) {
    await expect(tab.getByTestId('session-notice')).toContainText(nowAs(bob))
  }

  await dashboard.locator('textarea[name=note]').fill('A note of Ann’s')
  await dashboard.getByTestId('action-run').click()
  await expect(dashboard.getByTestId('action-result')).toContainText(nowAs(bob))
  await expect(dashboard.locator('textarea[name=note]')).toHaveValue('A note of Ann’s')

  await devices.getByTestId('end-others').click()
  await devices.getByTestId('end-others-confirm').click()
  await expect(devices.getByTestId('end-result')).toContainText(nowAs(bob))

  const change = account.getByTestId('change-password')
  await change.locator('input[name=currentPassword]').fill(bob.password)
  await change.locator('input[name=newPassword]').fill('another long sentence')
  await change.getByRole('button', { name: 'Change password' }).click()
  await expect(change).toContainText(nowAs(bob))
  const remove = account.getByTestId('delete-account')
  await remove.locator('input[name=password]').fill(bob.password)
  await remove.getByRole('button', { name: 'Delete my account' }).click()
  await expect(remove).toContainText(nowAs(bob))

  await account.getByTestId('sign-out').click()
  await account.waitForURL((url) => url.pathname === '/dashboard')
  await expect(account.getByTestId('another-notice')).toContainText(nowAs(bob))
  await expectStillSignedIn(account, bob)
  expect(rows.sessions(bob.name).map((row) => row.revoked_at)).toEqual([null, null])

  await dashboard.getByRole('link', { name: `Go on as ${bob.name}` }).click()
  await expect(dashboard.getByTestId('session-notice')).toBeHidden()
  await dashboard.getByTestId('action-run').click()
  await expect(dashboard.getByTestId('action-result')).toContainText(`Ran for ${bob.name}`)
})

test('A tab whose person signs in again by form in another goes on as before', {
  tag: '@F29',
}, async ({ context, page, user, signedIn }) => {
  await signedIn(page.context(), { user })
  await page.goto('/dashboard')
  const tab = await context.newPage()
  await tab.goto('/dashboard')
  await page.getByTestId('sign-out').click()
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await expect(tab.getByTestId('session-notice')).toContainText('You are signed out')
  await signIn(page, user, '/devices')
  await expect(tab.getByTestId('session-notice')).toBeHidden()
  await tab.getByTestId('action-run').click()
  await expect(tab.getByTestId('action-result')).toContainText(`Ran for ${user.name}`)
})

test('A page opened within an old tab is its own person’s: what it offers is done, and the tab signs that person out', {
  tag: '@F29',
}, async ({ context, page, server, user: ann, rows, signedIn }) => {
  const bob = await server.register()
  await signedIn(page.context(), { user: ann })
  await page.goto('/dashboard')
  const tab = await context.newPage()
  await tab.goto('/dashboard')
  await handOver(page, bob)
  await expect(tab.getByTestId('session-notice')).toContainText(nowAs(bob))
  await tab.getByRole('link', { name: 'Devices' }).click()
  await expect(tab.getByTestId('device-row')).toHaveCount(1)
  await expect(tab.getByTestId('session-notice')).toBeHidden()
  await tab.getByTestId('sign-out').click()
  await tab.waitForURL((url) => url.pathname === '/sign-in')
  expect(rows.session(bob.name).revoked_reason).toBe('signed_out')
})

test('A tab that has heard of the end of one person’s session says nothing of it on the next person’s page', {
  tag: '@F29',
}, async ({ context, page, server, user: ann, signedIn }) => {
  const bob = await server.register()
  await signedIn(page.context(), { user: ann })
  await page.goto('/devices')
  const tab = await context.newPage()
  const heard = tab.waitForResponse(
    (answer) => new URL(answer.url()).pathname === '/api/auth/session' && answer.status() === 401,
  )
  await tab.goto('/dashboard')
  await page.getByTestId('sign-out').click()
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await heard
  await expect(tab.getByTestId('session-notice')).toContainText('You are signed out')
  await signIn(page, bob, '/devices')
  await tab.getByRole('link', { name: 'Devices' }).click()
  await expect(tab.getByTestId('device-row')).toHaveCount(1)
  await expect(tab.getByTestId('session-notice')).toBeHidden()
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('The forms of one person’s page do nothing once another has signed in, and say so', {
    tag: '@F29',
  }, async ({ browser, context, page, server, user: ann, rows, expectStillSignedIn }) => {
    const bob = await server.register()
    for (const user of [ann, bob]) await enterElsewhere(browser, server, user)
    await signInByApi(context, ann)
    const { dashboard, devices, account } = await openEachPage(context)
    await signInByApi(context, bob)

    await dashboard.getByTestId('action-run').click()
    await expect(dashboard.getByTestId('action-result')).toContainText(nowAs(bob))
    await devices.getByTestId('end-others').click()
    await devices.getByTestId('end-others-confirm').click()
    await expect(devices.getByTestId('end-result')).toContainText(nowAs(bob))
    const remove = account.getByTestId('delete-account')
    await remove.locator('input[name=password]').fill(bob.password)
    await remove.getByRole('button').last().click()
    await expect(account.getByTestId('delete-account')).toContainText(nowAs(bob))

    await page.goto('/dashboard')
    await expectStillSignedIn(page, bob)
    await signInByApi(context, ann)
    await page.getByTestId('sign-out').click()
    await expect(page.getByTestId('another-notice')).toContainText(nowAs(ann))
    const live = (user: User) => rows.sessions(user.name).filter((row) => row.revoked_at === null)
    // Bob's session in another browser: Ann's session has replaced his in this jar.
    expect(live(bob)).toHaveLength(1)
    expect(live(ann)).toHaveLength(2)
  })
})
