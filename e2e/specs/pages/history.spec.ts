import type { BrowserContext, Page } from '@playwright/test'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'

const LONG_MS = 600_000
const THIEF = 'curl/8.9.1'

interface Theft {
  readonly owner: BrowserContext
  readonly thief: BrowserContext
}

/** Uses a copied jar, with a recognizable user agent, until the session ends. The owner then signs in again. */
async function endByReuse({ owner, thief }: Theft, server: AppServer, user: User) {
  await server.kit.signedIn(owner, { user })
  await server.kit.copyJar(owner, thief)
  for (const context of [owner, owner, thief]) {
    await server.kit.passTime(LONG_MS, { user })
    await loseAccess(context)
    // A program without a jar is not challenged.
    const refresh = context === thief ? '/api/auth/refresh' : null
    if (refresh) await context.request.post(refresh)
    else await context.request.get('/api/me')
  }
  expect(server.rows.session(user.name).revoked_reason).toBe('reused')
  await server.kit.signedIn(owner, { user })
}

for (const script of [true, false]) {
  test(`After a theft every page of the next session says when, from where, and what to do, ${script ? 'with' : 'without'} script`, {
    tag: '@F43',
  }, async ({ browser, baseURL, server, user, rows, passTime, signedIn }) => {
    const owner = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: script })
    const thief = await browser.newContext({ baseURL: `${baseURL}`, userAgent: THIEF })
    await endByReuse({ owner, thief }, server, user)

    const page = await owner.newPage()
    const alert = page.getByTestId('security-alert')
    for (const path of ['/dashboard', '/devices', '/account']) {
      await page.goto(path)
      await expect(alert).toContainText('Someone else may have used your session')
      await expect(alert).toContainText('used from curl, 127.0.0.1')
      await expect(alert).toContainText('last used from Chrome')
      await expect(alert).toContainText('Change your password.')
      await expect(alert.locator('time')).toHaveCount(2)
    }
    await expectHistory(page, ['signed_in', 'reuse_detected', 'signed_in'])

    // A thief with a copy of this session, and no password, cannot dismiss the notice.
    await passTime(16 * 60_000)
    await page.getByTestId('dismiss-alert').click()
    await page.waitForURL((url) => url.pathname === '/confirm')
    const form = page.getByTestId('confirm-password')
    await form.locator('[name=password]').fill(user.password)
    await form.locator('[type=submit]').click()
    await page.waitForURL('/account')
    await expect(alert).toBeVisible()
    await page.getByTestId('dismiss-alert').click()
    await expect(alert).toHaveCount(0)
    await expect(page).toHaveURL('/account')
    // No page shows the notice now, and the event stays in the history.
    const other = await browser.newContext({ baseURL: `${baseURL}` })
    await signedIn(other, { user })
    const elsewhere = await other.newPage()
    await elsewhere.goto('/account')
    await expect(elsewhere.getByTestId('security-alert')).toHaveCount(0)
    await expectHistory(elsewhere, [
      'signed_in',
      'alert_dismissed',
      'signed_in',
      'reuse_detected',
      'signed_in',
    ])
    expect(rows.events(user.name, 'alert_dismissed')).toHaveLength(1)
    await Promise.all([owner, thief, other].map((context) => context.close()))
  })
}

test('The alert is gone once the password is another', { tag: '@F43' }, async ({
  browser,
  baseURL,
  context,
  page,
  server,
  user,
}) => {
  const thief = await browser.newContext({ baseURL: `${baseURL}`, userAgent: THIEF })
  await endByReuse({ owner: context, thief }, server, user)
  await page.goto('/account')
  await expect(page.getByTestId('security-alert')).toBeVisible()
  const form = page.getByTestId('change-password')
  await form.locator('[name=currentPassword]').fill(user.password)
  await form.locator('[name=newPassword]').fill('sparks and tinder')
  await form.locator('button.button').click()
  await expect(form.getByRole('status')).toContainText('Password changed.')
  await expect(page.getByTestId('security-alert')).toHaveCount(0)
  await expectHistory(page, ['password_changed', 'signed_in', 'reuse_detected', 'signed_in'])
  await thief.close()
})

test('A thief who signs the session out is named to its owner, on the sign-in page and in the history', {
  tag: '@F43',
}, async ({ browser, baseURL, context, page, user, copyJar, expectSignedOut, signedIn }) => {
  const thief = await browser.newContext({ baseURL: `${baseURL}`, userAgent: THIEF })
  await signedIn(context, { user })
  await copyJar(context, thief)
  expect((await thief.request.post('/api/auth/logout')).status()).toBe(204)

  await page.goto('/dashboard')
  await expectSignedOut(page, /Signed out from another device/)
  await expect(page.getByTestId('ended-by')).toContainText('From curl, 127.0.0.1')
  await expect(page.getByTestId('ended-by').locator('time')).toHaveCount(1)
  // Also after the tokens have left the jar.
  await context.clearCookies({ name: /(access|refresh)_token$/ })
  await page.goto('/sign-in')
  await expectSignedOut(page, /Signed out from another device/)

  // No other user is told, whatever the URL says.
  const stranger = await browser.newContext({ baseURL: `${baseURL}` })
  const strange = await stranger.newPage()
  await strange.goto('/sign-in?reason=signed_out')
  await expectSignedOut(strange, /You are signed out/)
  await expect(strange.getByTestId('ended-by')).toHaveCount(0)

  await signedIn(context, { user })
  await page.goto('/dashboard')
  await expect(page.getByTestId('activity').nth(1)).toContainText('Signed out from elsewhere')
  await thief.close()
  await stranger.close()
})

test('A person who signs out is told so once, and no other device is named', {
  tag: '@F43',
}, async ({ context, page, user, expectSignedOut, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await page.getByTestId('sign-out').click()
  await expectSignedOut(page, /You are signed out/)
  await expect(page.getByTestId('ended-by')).toHaveCount(0)
  await page.goto('/sign-in')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.getByTestId('sign-in-reason')).toHaveCount(0)
})

async function expectHistory(page: Page, kinds: string[]): Promise<void> {
  await expect(page.getByTestId('activity').first()).toBeVisible()
  const shown = await page
    .getByTestId('activity')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-kind')))
  expect(shown.slice(0, kinds.length)).toEqual(kinds)
}
