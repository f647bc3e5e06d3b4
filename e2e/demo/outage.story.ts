import { expect, test } from 'rekindle-testing'

test('An outage signs nobody out: the page says so, and comes back by itself', async ({
  context,
  page,
  user,
  signedIn,
  rotations,
  failRefresh,
  expectStillSignedIn,
}) => {
  await signedIn(context, { user, state: 'expired' })

  await test.step('The refresh route does not answer', async () => {
    // Middleware asks twice before it gives up.
    await failRefresh({ times: 2 })
    const answer = await page.goto('/dashboard')
    expect(answer?.status()).toBe(503)
    await expect(page.getByText('You are still signed in')).toBeVisible()
  })

  await test.step('It answers again, and the page loads itself', async () => {
    await expectStillSignedIn(page, user)
  })

  expect((await rotations(user)).sessions).toMatchObject([{ generation: 1, endedReason: null }])
})
