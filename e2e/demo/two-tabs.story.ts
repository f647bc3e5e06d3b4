import { expect, test } from 'rekindle-testing'

test('Tabs that wake together are all served, with one rotation', async ({
  context,
  user,
  signedIn,
  rotations,
  expectStillSignedIn,
}) => {
  await signedIn(context, { user, state: 'expired' })
  const tabs = await Promise.all([1, 2, 3].map(() => context.newPage()))

  await test.step('Each tab asks with the same expired token', async () => {
    const answers = await Promise.all(tabs.map((tab, n) => tab.goto(`/dashboard?tab=${n}`)))
    expect(answers.map((answer) => answer?.status())).toEqual([200, 200, 200])
  })

  for (const tab of tabs) {
    await tab.bringToFront()
    await expectStillSignedIn(tab, user)
  }
  const { sessions } = await rotations(user)
  expect(sessions).toMatchObject([{ generation: 1, branch: 0, endedReason: null }])
})
