import { expect, test } from '@/e2e/support/fixtures'
import { complaintsOf } from '@/e2e/support/steps'

test('Client, in the app: signing out in one tab shows in the others at once, and the way back is kept', async ({
  context,
  page,
  user,
  signedIn,
}) => {
  await signedIn(page.context(), { user })
  await page.goto('/dashboard')
  const others = await Promise.all(
    ['/devices', '/account', '/dashboard'].map(async (path) => {
      const other = await context.newPage()
      await other.goto(path)
      await expect(other.getByTestId('session-notice')).toBeHidden()
      return other
    }),
  )
  const complaints = others.flatMap(complaintsOf)
  await page.getByTestId('sign-out').click()
  await page.waitForURL('**/sign-in?reason=signed_out')
  for (const other of others) {
    await expect(other.getByTestId('session-notice')).toContainText('You are signed out')
  }
  expect(complaints).toEqual([])
  await others[0]?.getByRole('link', { name: 'Sign in again' }).click()
  await others[0]?.waitForURL(/\/sign-in\?next=%2Fdevices/)
})

test('Client, in the app: the countdown runs on a clock that nobody sets, and signing out works without an answer', async ({
  page,
  user,
  front,
  signedIn,
}) => {
  await page.addInitScript(() => {
    Date.now = () => 0
  })
  await signedIn(page.context(), { user })
  await page.goto('/dashboard')
  const countdown = page.getByTestId('access-countdown')
  const left = async () => Number(await countdown.getAttribute('data-seconds-left'))
  const first = await left()
  // By the wall clock the token would have expired long ago, or never.
  expect(first).toBeGreaterThan(0)
  expect(first).toBeLessThanOrEqual(900)
  await expect.poll(left).toBeLessThan(first)
  expect(await left()).toBeGreaterThan(0)

  front.when({ path: '/api/auth/logout' }, { kind: 'drop request' }, 1)
  await page.getByTestId('sign-out').click()
  await page.waitForURL('**/sign-in?reason=signed_out')
})
