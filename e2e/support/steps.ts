import type { BrowserContext, Page } from '@playwright/test'
import { expect } from '@playwright/test'
import { passTime } from './server/database'
import type { AppServer, User } from './server/server'

/** Signs in without the form: the session lies in the context's jar afterwards. */
export async function enter(context: BrowserContext, user: User, origin = ''): Promise<void> {
  const answer = await context.request.post(`${origin}/api/auth/login`, {
    data: { username: user.name, password: user.password },
  })
  expect(answer.status()).toBe(200)
}

/** What the browser does by itself when an access token's time is over. */
export async function loseAccess(context: BrowserContext): Promise<void> {
  await context.clearCookies({ name: /access_token$/ })
}

/** The person is away for `ms`: access token and challenges are over, the refresh token is so much older. */
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

/** What a thief does: everything in the one jar is in the other, too. */
export async function copyJar(from: BrowserContext, to: BrowserContext): Promise<void> {
  await to.addCookies(await from.cookies())
}

export async function expectDashboardOf(user: User, page: Page): Promise<void> {
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
}

/** Waits for the sign-in page, and for the reason that it gives. */
export async function expectReason(page: Page, title: string): Promise<void> {
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await expect(page.getByTestId('sign-in-reason')).toContainText(title)
}

/** Everything that the browser complains of on this page, from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  return complaints
}
