import type { BrowserContext } from '@playwright/test'
import { expect, signIn, test } from '@/e2e/support/fixtures'

const HOUR = 3_600_000

/** Sets cookies as another application of the same host does: a browser sends the longer path first. */
async function shadow(context: BrowserContext, origin: string, values: Record<string, string>) {
  const { hostname: domain } = new URL(origin)
  await context.addCookies(
    Object.entries(values).flatMap(([name, value]) =>
      ['/dashboard', '/devices', '/api', '/account', '/sign-in'].map((path) => ({
        ...{ name, value, domain, path },
      })),
    ),
  )
}

const JUNK = {
  access_token: 'of-another-app',
  refresh_token: 'of-another-app',
  refresh_challenge: 'of-another-app',
  known_device: 'of-another-app',
  RefreshToken: 'of-another-app',
}

test('A person whose cookies are shadowed by others of the same names stays signed in, is renewed, and signs out', {
  tag: '@F33',
}, async ({
  page,
  context,
  user,
  rows,
  baseURL,
  expectSignedOut,
  expectStillSignedIn,
  passTime,
  signedIn,
}) => {
  await signedIn(page.context(), { user })
  await page.goto('/dashboard')
  await shadow(context, `${baseURL}`, JUNK)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)

  await passTime(HOUR)
  await shadow(context, `${baseURL}`, JUNK)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, revoked_at: null })
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)
  await page.getByTestId('api-run').click()
  await expect(page.getByTestId('api-result')).toContainText(user.name)

  await page.getByTestId('sign-out').click()
  await expectSignedOut(page, /You are signed out/)
  expect(rows.session(user.name).revoked_reason).toBe('signed_out')
})

test('A jar that lost an answer is sent back and goes on, whatever shadows its cookies', {
  tag: '@F33',
}, async ({
  page,
  context,
  user,
  rows,
  front,
  baseURL,
  expectStillSignedIn,
  passTime,
  signedIn,
}) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await shadow(context, `${baseURL}`, JUNK)
  await passTime(HOUR)
  await shadow(context, `${baseURL}`, JUNK)
  const lost = front.when({ path: '/api/sessions' }, { kind: 'drop response' })
  await expect(context.request.get('/api/sessions')).rejects.toThrow()
  lost()
  await passTime(HOUR)
  await shadow(context, `${baseURL}`, JUNK)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  const row = rows.session(user.name)
  expect(row).toMatchObject({ generation: 1, revoked_at: null })
  expect(row.branch).toBeGreaterThan(0)
})

test('Signing in works where the cookies of an old session lie under another path', {
  tag: '@F33',
}, async ({ page, context, user, baseURL, expectSignedOut, expectStillSignedIn }) => {
  await signIn(page, user)
  const old = Object.fromEntries(
    (await context.cookies()).map(({ name, value }) => [name, value] as const),
  )
  await page.getByTestId('sign-out').click()
  await expectSignedOut(page, /You are signed out/)
  await shadow(context, `${baseURL}`, old)
  await signIn(page, user)
  await expectStillSignedIn(page, user)
  await page.goto('/devices')
  await expect(page.getByTestId('device-row')).toHaveCount(1)
})
