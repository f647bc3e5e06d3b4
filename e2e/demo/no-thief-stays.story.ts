import { expect, test } from 'rekindle-testing'

test('No thief stays in: a copied token gives itself away, and the person is told', async ({
  browser,
  context,
  page,
  user,
  signedIn,
  passTime,
  rotations,
  expectStillSignedIn,
  expectSignedOut,
}) => {
  const { thief } = await signedIn(context, { user, state: 'stolen' })
  const elsewhere = await browser.newContext()
  await thief.enter(elsewhere)

  await test.step('The person comes back, and is served', async () => {
    await page.goto('/dashboard')
    await expectStillSignedIn(page, user)
  })

  await test.step('A minute later the thief uses the copy: the session ends', async () => {
    await passTime('1m')
    const stolen = await elsewhere.newPage()
    await stolen.goto('/dashboard')
    await expectSignedOut(stolen, 'reused')
  })

  await test.step('The person is told why', async () => {
    await page.goto('/dashboard')
    await expectSignedOut(page, /Someone else may have used your session/)
  })
  expect((await rotations(user)).sessions).toMatchObject([{ endedReason: 'reused' }])
})
