import type { Browser, Page } from '@playwright/test'
import type { AppServer, User } from './server/server'

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

/** Signs the user in on as many other devices, all of them called the same. */
export async function signInElsewhere(
  browser: Browser,
  { origin, kit }: AppServer,
  user: User,
  devices = 1,
): Promise<void> {
  for (let n = 0; n < devices; n++) {
    const other = await browser.newContext({ baseURL: origin })
    await kit.signedIn(other, { user })
    await other.close()
  }
}
