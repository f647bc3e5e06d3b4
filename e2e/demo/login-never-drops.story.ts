import { expect, test } from 'rekindle-testing'

test('Login never drops: an hour, a day and a week later the page is simply there', async ({
  context,
  page,
  user,
  signedIn,
  passTime,
  rotations,
  expectStillSignedIn,
}) => {
  await signedIn(context, { user })

  for (const time of ['1h', '1d', '7d']) {
    await test.step(`The person comes back after ${time}`, async () => {
      // No page is open meanwhile.
      await page.goto('about:blank')
      await passTime(time)
      const answer = await page.goto('/dashboard')
      expect(answer?.status()).toBe(200)
      await expectStillSignedIn(page, user)
    })
  }

  const { sessions } = await rotations(user)
  expect(sessions).toMatchObject([{ generation: 3, endedReason: null }])
})
