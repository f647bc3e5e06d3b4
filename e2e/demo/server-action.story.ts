import { expect, test } from 'rekindle-testing'

test('A server action at expiry keeps what was written', async ({
  context,
  page,
  user,
  signedIn,
  passTime,
  rotations,
  expectStillSignedIn,
}) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')

  await test.step('The access token expires while a note is written', async () => {
    await page.getByRole('textbox', { name: 'Note' }).fill('Half an hour of work')
    await passTime('30m')
  })

  await test.step('The note is sent, and arrives', async () => {
    await page.getByTestId('action-run').click()
    const result = page.getByTestId('action-result')
    await expect(result).toContainText(user.name)
    await expect(result).toContainText('Half an hour of work')
  })

  // A write is given an access token alone: its answer may be slow, and must not overwrite a newer refresh token.
  await expectStillSignedIn(page, user)
  expect((await rotations(user)).sessions).toMatchObject([{ generation: 0, endedReason: null }])
})
