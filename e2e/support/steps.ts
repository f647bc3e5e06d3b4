import type { BrowserContext, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import { passTime } from './server/database'
import type { AppServer, User } from './server/server'

/** Signs in by the API, without the form. The session is then in the context's cookie jar. */
export async function enter(context: BrowserContext, user: User, origin = ''): Promise<void> {
  const answer = await context.request.post(`${origin}/api/auth/login`, {
    data: { username: user.name, password: user.password },
  })
  expect(answer.status()).toBe(200)
}

/** Deletes the access token, as a browser does when the cookie expires. */
export async function loseAccess(context: BrowserContext): Promise<void> {
  await context.clearCookies({ name: /access_token$/ })
}

/** Simulates an absence of `ms`: the access token and challenges have expired, and the refresh token is that much older. */
export async function beAway(
  context: BrowserContext,
  server: AppServer,
  user: User,
  ms: number,
): Promise<void> {
  await loseAccess(context)
  await context.clearCookies({ name: /refresh_challenge$/ })
  passTime(server, user.name, ms)
}

/** Copies all cookies from one jar to another, as a thief does. */
export async function copyJar(from: BrowserContext, to: BrowserContext): Promise<void> {
  await to.addCookies(await from.cookies())
}

export async function expectDashboardOf(user: User, page: Page): Promise<void> {
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
}

/** Waits for the sign-in page and the reason on it. */
export async function expectReason(page: Page, title: string): Promise<void> {
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await expect(page.getByTestId('sign-in-reason')).toContainText(title)
}

/** Collects the page's errors and console warnings from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  return complaints
}

/** Waits until the page has loaded and its scripts leave the browser idle. Playwright's `networkidle` may never come on a slow machine. */
export async function untilIdle(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
}
