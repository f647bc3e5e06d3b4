import { expect, test } from 'rekindle-testing'

test('A session ends from another device at once, and this one is told why', async ({
  browser,
  context,
  page,
  user,
  signedIn,
  expectStillSignedIn,
  expectSignedOut,
}) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)

  const phone = await browser.newContext()
  await test.step('The phone sees both sessions, and ends this one', async () => {
    await signedIn(phone, { user })
    const devices = await phone.newPage()
    await devices.goto('/devices')
    await expect(devices.getByTestId('device-row')).toHaveCount(2)
    await devices.getByTestId('end-others').click()
    await devices.getByTestId('end-others-confirm').click()
    await expect(devices.getByTestId('device-row')).toHaveCount(1)
  })

  await test.step('This device is told, though its access token is still good', async () => {
    await page.goto('/dashboard')
    await expectSignedOut(page, 'revoked')
  })
})
