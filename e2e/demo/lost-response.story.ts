import { expect, test, visitInVain } from 'rekindle-testing'

test('A lost response signs nobody out: the new tokens never arrived, and the session heals', async ({
  context,
  page,
  user,
  signedIn,
  passTime,
  rotations,
  loseNextResponse,
  expectStillSignedIn,
}) => {
  await signedIn(context, { user, state: 'expired' })

  await test.step('The server rotates, and its answer is lost on the way', async () => {
    await loseNextResponse()
    await visitInVain(page, '/dashboard')
    const { sessions } = await rotations(user)
    expect(sessions).toMatchObject([{ generation: 1 }])
  })

  await test.step('An hour later the old token is all that the browser has', async () => {
    await passTime('1h')
    await page.goto('/dashboard')
    await expectStillSignedIn(page, user)
  })

  const { events } = await rotations(user)
  expect(events.map(({ kind }) => kind)).toContain('reissued')
})
