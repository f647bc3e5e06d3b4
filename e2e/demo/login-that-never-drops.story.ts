import type { BrowserContext, Page, TestInfo } from '@playwright/test'
import { expireAccess, readJar, untilClock } from '../support/clients/jar'
import { expect, signIn, test } from '../support/fixtures'
import { SHORT_LIVES } from '../support/server/server'

// Short enough to watch.
test.use({ variables: SHORT_LIVES })

const GRACE_MS = 1000

/** Runs a step of the story and attaches a screenshot of its end. */
async function chapter(title: string, page: Page, info: TestInfo, work: () => Promise<void>) {
  await test.step(title, async () => {
    await work()
    await info.attach(title, { body: await page.screenshot(), contentType: 'image/png' })
  })
}

async function dashboardShows(page: Page, name: string): Promise<void> {
  await expect(page.getByTestId('whoami-page')).toContainText(name)
}

test('login that never drops', async ({ page, context, user, rows, front }, info) => {
  await chapter('Sign in', page, info, async () => {
    await signIn(page, user)
    await dashboardShows(page, user.name)
  })

  await chapter('The access token dies, and the next page renews it', page, info, async () => {
    await expireAccess(context)
    await page.reload()
    await dashboardShows(page, user.name)
    expect(rows.session(user.name).generation).toBe(1)
  })

  await chapter('A response is lost with the new cookies in it', page, info, async () => {
    await expireAccess(context)
    const repair = front.when({ method: 'GET', path: '/dashboard' }, { kind: 'drop response' })
    await expect(page.reload()).rejects.toThrow()
    repair()
    expect(rows.session(user.name).generation).toBe(2)
  })

  await chapter('Still signed in, long after grace', page, info, async () => {
    await untilClock(rows.session(user.name).issued_at + 2 * GRACE_MS)
    await page.goto('/dashboard')
    await dashboardShows(page, user.name)
    const { generation, branch } = rows.session(user.name)
    expect([generation, branch > 0]).toEqual([2, true])
  })
})

test('no thief stays in', async ({ page, context, browser, server, user, rows }, info) => {
  await signIn(page, user)
  const thief = await browser.newContext({ baseURL: server.origin })
  const stolen = await thief.newPage()

  await chapter('A thief copies the cookie jar, and uses it first', stolen, info, async () => {
    await expireAccess(context)
    await copyJar(context, thief)
    await stolen.goto('/dashboard')
    await dashboardShows(stolen, user.name)
  })

  await chapter('The person comes back, and stays signed in', page, info, async () => {
    await untilClock(rows.session(user.name).issued_at + 2 * GRACE_MS)
    await page.reload()
    await dashboardShows(page, user.name)
  })

  await chapter('The thief tries again: the session ends', stolen, info, async () => {
    await untilClock(rows.session(user.name).issued_at + 2 * GRACE_MS)
    await expireAccess(thief)
    await stolen.goto('/dashboard')
    await expect(stolen).toHaveURL(/sign-in.*reason=reused/)
    expect(rows.events(user.name, 'reuse_detected')).toHaveLength(1)
  })

  await chapter('The person is told', page, info, async () => {
    await page.goto('/dashboard')
    await expect(page).toHaveURL(/sign-in.*reason=reused/)
  })
  await thief.close()
})

test('ended from another device', async ({ page, browser, server, user }, info) => {
  await signIn(page, user)
  const other = await browser.newContext({ baseURL: server.origin })
  const phone = await other.newPage()

  await chapter('Another device sees both sessions, and ends this one', phone, info, async () => {
    await signIn(phone, user, '/devices')
    await expect(phone.getByTestId('device-row')).toHaveCount(2)
    await phone.getByTestId('end-others').click()
    await phone.getByTestId('end-others-confirm').click()
    await expect(phone.getByTestId('device-row')).toHaveCount(1)
  })

  await chapter('This one is told why', page, info, async () => {
    await page.goto('/dashboard')
    await expect(page).toHaveURL(/sign-in.*reason=revoked/)
  })
  await other.close()
})

async function copyJar(from: BrowserContext, to: BrowserContext): Promise<void> {
  expect((await readJar(from)).refresh).not.toBeNull()
  await to.addCookies(await from.cookies())
}
