import { expect, test } from 'rekindle-testing'

test('A saved storageState does not die: a new session of the same user takes its place', async ({
  browser,
  context,
  page,
  user,
  signedIn,
  revive,
  expectSignedOut,
  expectStillSignedIn,
}, info) => {
  const saved = info.outputPath('state.json')
  await test.step('A state is saved, and its session ends', async () => {
    await signedIn(context, { user, state: 'ended-elsewhere' })
    await context.storageState({ path: saved })
    await page.goto('/dashboard')
    await expectSignedOut(page, 'revoked')
  })

  await test.step('Revived, it is signed in, as often as one likes', async () => {
    for (let n = 1; n <= 2; n++) {
      const later = await browser.newContext({ storageState: await revive(saved) })
      const tab = await later.newPage()
      await tab.goto('/dashboard')
      await expectStillSignedIn(tab, user)
      await expect(tab.getByTestId('whoami-page')).toHaveText(user.name)
    }
  })
})
