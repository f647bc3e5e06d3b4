import { test } from 'rekindle-testing'

for (let n = 1; n <= 200; n++) {
  test(`Signing in through the form, ${n} of 200`, { tag: '@form' }, async ({
    page,
    newUser,
    expectStillSignedIn,
  }) => {
    const user = await newUser({ name: `form ${n}`, password: true })
    await page.goto('/sign-in?next=%2Fdashboard')
    await page.locator('input[name=username]').fill(user.name)
    await page.locator('input[name=password]').fill(user.password)
    await page.locator('form[action="/api/auth/login"] [type=submit]').click()
    await page.waitForURL('/dashboard')
    await expectStillSignedIn(page, user)
  })
}
