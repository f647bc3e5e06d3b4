import type { Page } from '@playwright/test'
import { untilIdle } from '@/e2e/support/steps'

/** The time at which the pictures are taken, so that they are the same each time. It is far ahead: no cookie of then has expired. */
export const STILL_TIME = new Date('2036-04-21T12:00:00Z')
/** How long a page may live before its picture is taken, in milliseconds. */
const MOMENT_MS = 2000

/**
 * Waits until nothing moves any more: a click while a font arrives would miss what it is for. Without scripts a page is drawn once it
 * has loaded, and no callback of it is ever called.
 */
export async function untilDrawn(page: Page): Promise<void> {
  if (!(await isScripted(page))) return
  await untilIdle(page)
  await page.evaluate(() => document.fonts.ready.then(() => {}))
}

/** Opens a page with a clock that stands still once the page has come to rest. */
export async function openStill(page: Page, path: string): Promise<void> {
  if (!(await isScripted(page))) return void (await page.goto(path))
  await page.clock.install({ time: STILL_TIME })
  await page.clock.pauseAt(new Date(STILL_TIME.getTime() + 1))
  await page.goto(path)
  await page.clock.runFor(MOMENT_MS)
  await page.evaluate(() => document.fonts.ready.then(() => {}))
}

function isScripted(page: Page): Promise<boolean> {
  return page.evaluate(() => matchMedia('(scripting: enabled)').matches)
}
