import type { Browser } from '@playwright/test'
import { expect, test } from '@/e2e/support/fixtures'
import { passTimeSinceSignIn } from '@/e2e/support/server/database'
import type { AppServer, User } from '@/e2e/support/server/server'
import { complaintsOf } from '@/e2e/support/steps'

const NAME = 'The “old” laptop <b>&amp;'

/** Signs in on as many other devices, all of them called the same. */
async function enterElsewhere(
  browser: Browser,
  { origin, kit }: AppServer,
  user: User,
  times: number,
) {
  for (let n = 0; n < times; n++) {
    const other = await browser.newContext({ baseURL: origin })
    await kit.signedIn(other, { user })
    await other.close()
  }
}

for (const script of ['with', 'without'] as const) {
  test.describe(`${script} script`, () => {
    test.use({ javaScriptEnabled: script === 'with' })

    test('One names a device, and takes the name away', async ({
      page,
      context,
      user,
      rows,
      signedIn,
    }) => {
      const complaints = complaintsOf(page)
      await signedIn(context, { user })
      await page.goto('/devices')
      const row = page.getByTestId('device-row')
      const rename = async (name: string) => {
        await row.getByTestId('rename').locator('summary').click()
        await row.locator('input[name=name]').fill(name)
        await row.locator('input[name=name]').press('Enter')
      }
      await rename(NAME)
      await expect(row.getByRole('heading')).toContainText(NAME)
      await expect(row.getByRole('heading')).toContainText('Chrome on')
      await expect(row.getByTestId('rename')).not.toHaveAttribute('open')
      if (script === 'with') {
        await expect(row.getByTestId('rename').locator('summary')).toBeFocused()
      }
      const { sessions } = await (await context.request.get('/api/sessions')).json()
      expect(sessions).toMatchObject([{ name: NAME, current: true }])

      await row.getByTestId('rename').locator('summary').click()
      await row.locator('input[name=name]').evaluate((input: HTMLInputElement) => {
        input.removeAttribute('maxlength')
        input.value = 'x'.repeat(41)
      })
      await row.locator('input[name=name]').press('Enter')
      await expect(row.getByRole('alert')).toContainText('at most 40')
      await expect(row.getByRole('heading')).toContainText(NAME)

      await page.goto('/devices')
      await rename('  ')
      await expect(row.getByRole('heading')).not.toContainText('laptop')
      expect(rows.session(user.name).revoked_at).toBeNull()
      expect(complaints).toEqual([])
    })

    test('“This was not me” signs out every other device, and asks for a new password', async ({
      page,
      context,
      browser,
      server,
      user,
      rows,
      signedIn,
    }) => {
      await enterElsewhere(browser, server, user, 2)
      await signedIn(context, { user })
      await page.goto('/devices')
      await expect(page.getByTestId('device-row')).toHaveCount(3)
      const live = () => rows.sessions(user.name).filter(({ revoked_at }) => revoked_at === null)
      passTimeSinceSignIn(server, user.name, 16 * 60_000)
      await page.getByTestId('not-me').first().locator('summary').click()
      await page.getByTestId('not-me-confirm').first().click()
      await expect(page.getByTestId('end-result')).toContainText('Enter your password')
      expect(live()).toHaveLength(3)
      await page.getByTestId('confirm-end').locator('[name=password]').fill(user.password)
      await page.getByTestId('confirm-end').locator('[name=end]').click()
      await page.waitForURL((url) => url.pathname === '/account')
      await expect(page.getByTestId('not-me-notice')).toContainText('change your password')
      await expect(page.getByTestId('change-password')).toBeVisible()
      expect(live()).toHaveLength(1)
    })
  })
}

test('Every button of the devices has a name of its own, and the cards line up', async ({
  page,
  context,
  browser,
  server,
  user,
  signedIn,
}) => {
  await enterElsewhere(browser, server, user, 3)
  await signedIn(context, { user })
  await page.goto('/devices')
  const buttons = page.getByRole('main').locator('button, summary')
  const names = await buttons.evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility())
      .map((one) => one.getAttribute('aria-label') ?? one.textContent?.trim()),
  )
  expect(names.length).toBeGreaterThan(10)
  expect(new Set(names).size).toBe(names.length)
  const columns = await page
    .getByTestId('device-row')
    .evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('dt')].map((term) =>
          Math.round(term.getBoundingClientRect().left),
        ),
      ),
    )
  expect(columns).toHaveLength(4)
  for (const row of columns) expect(row).toEqual(columns[0])
})

test.describe('far from Greenwich', () => {
  test.use({ timezoneId: 'Asia/Kolkata' })

  test('Times are local with the date in words, and whole in the tooltip', async ({
    page,
    context,
    user,
    rows,
    signedIn,
  }) => {
    const complaints = complaintsOf(page)
    await signedIn(context, { user })
    await page.goto('/devices')
    const time = page.getByTestId('device-row').locator('time').first()
    const { created_at: at } = rows.session(user.name)
    const local = new Intl.DateTimeFormat('en-GB', {
      ...({ day: 'numeric', month: 'long', timeZone: 'Asia/Kolkata' } as const),
    }).format(at)
    await expect(time).toHaveText(new RegExp(`^${local}, \\d\\d:\\d\\d$`))
    await expect(time).toHaveAttribute('title', /GMT\+0530/)
    expect(complaints).toEqual([])
  })
})
