import { mkdir, writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { expect, test } from '@/e2e/support/fixtures'
import { clockAt } from '@/e2e/support/server/fleet'
import { SHORT_LIVES } from '@/e2e/support/server/server'
import { CLOSED_STATES, LAB_STATES, SCENE_STATES, SHORT_STATES, STATES, type Stage } from './states'
import { STILL_TIME } from './still'

/** Committed: most states once in light and wide, and once in dark and narrow. The others are only looked at. */
const KEPT = 'docs/screens'
const OTHERS = '.screens'
const HEIGHT = 900

interface Variant {
  readonly width: number
  readonly height?: number
  readonly colorScheme: 'light' | 'dark'
  readonly forcedColors?: 'active'
  readonly isKept?: true
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  '': { width: 1440, colorScheme: 'light', isKept: true },
  '-dark-320': { width: 320, colorScheme: 'dark', isKept: true },
  '-dark': { width: 1440, colorScheme: 'dark' },
  '-768': { width: 768, colorScheme: 'light' },
  '-320': { width: 320, colorScheme: 'light' },
  '-forced': { width: 1440, colorScheme: 'dark', forcedColors: 'active' },
  // A window of 1280 x 1024 pixels at 400 %.
  '-zoomed': { width: 320, height: 256, colorScheme: 'light' },
}

/** What these show is at the top of the window, or where the page was scrolled to. The rest of the page has a picture already. */
const WINDOW_ALONE = ['home-lab', 'home-signed-in', 'home-closed', 'docs-answer', 'docs-closed']
/** Like another that is committed, but for a few words. */
const LOOKED_AT = [
  'sign-in-unknown',
  'sign-in-limited',
  'sign-up-short',
  'dashboard-signed-out',
  'devices-ended',
  'devices-all',
  'account-changed',
  'confirm-wrong',
  'docs-closed',
  'not-found-stranger',
  'lab-playing',
  'lab-lost',
  'lab-password',
]

/** Where it is always the same time, a picture is the same each time. What is about time itself needs a clock that goes. */
const STILL = clockAt(STILL_TIME)
const GROUPS = [
  { states: STATES, env: STILL },
  { states: CLOSED_STATES, env: { ...STILL, REGISTRATION: 'closed' } },
  { states: LAB_STATES, env: { ...STILL, LAB: '1' } },
  { states: SHORT_STATES, env: SHORT_LIVES },
  { states: SCENE_STATES, env: { LAB: '1' } },
]

for (const { states, env } of GROUPS) {
  for (const [name, enter] of Object.entries(states)) {
    test(`Screen: ${name}`, async ({ browser, startServer }) => {
      const server = await startServer({ env })
      const user = await server.register('ann')
      const context = await browser.newContext({ baseURL: server.origin, timezoneId: 'UTC' })
      const page = await context.newPage()
      await page.setViewportSize({ width: 1440, height: HEIGHT })
      if ('FAKETIME' in env) await page.clock.setFixedTime(STILL_TIME)
      const stage: Stage = { page, context, browser, server, user }
      const leave = await enter(stage)
      await hideWhatVaries(stage)
      for (const [suffix, variant] of Object.entries(VARIANTS)) {
        await take(page, name, suffix, variant)
      }
      if (typeof leave === 'function') leave()
      await context.close()
    })
  }
}

for (const name of ['home', 'sign-in', 'dashboard-fresh', 'devices-alone', 'docs', 'unavailable']) {
  test(`Screen without script: ${name}`, async ({ browser, startServer }) => {
    const server = await startServer({ env: STILL })
    await takeWithoutScript(name, { browser, server, user: await server.register('ann') })
  })
}

test('Screen without script: lab', async ({ browser, startServer }) => {
  const server = await startServer({ env: { ...STILL, LAB: '1' } })
  await takeWithoutScript('lab', { browser, server, user: await server.register('ann') })
})

async function takeWithoutScript(
  name: string,
  { browser, server, user }: Pick<Stage, 'browser' | 'server' | 'user'>,
): Promise<void> {
  const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
  const page = await context.newPage()
  await { ...STATES, ...LAB_STATES }[name]?.({ page, context, browser, server, user })
  await take(page, name, '-without-script', { width: 1440, colorScheme: 'light' })
  await context.close()
}

/** Takes a picture of the page. Nothing may be wider than the window. */
async function take(page: Page, name: string, suffix: string, variant: Variant): Promise<void> {
  const { width, height = HEIGHT, colorScheme, forcedColors = 'none', isKept = false } = variant
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme, forcedColors })
  await untilLoaded(page)
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  expect(isWider, `${name}${suffix} is wider than its window`).toBe(false)
  const opened = page.locator('[data-testid=operation][open]')
  if ((await opened.count()) > 0) await opened.evaluate((it) => it.scrollIntoView())
  const fullPage = height === HEIGHT && !WINDOW_ALONE.includes(name)
  const png = await page.screenshot({ fullPage, animations: 'disabled' })
  const folder = isKept && !LOOKED_AT.includes(name) ? KEPT : OTHERS
  await mkdir(folder, { recursive: true })
  await writeFile(
    `${folder}/${name}${suffix}.webp`,
    await sharp(png).webp({ quality: 50, effort: 6 }).toBuffer(),
  )
}

/** Waits for the fonts, and for the images further down, too. */
async function untilLoaded(page: Page): Promise<void> {
  const isLoaded = () =>
    page.evaluate(async () => {
      await document.fonts.ready
      const images = [...document.images]
      for (const image of images) image.loading = 'eager'
      return images.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)
    })
  // Another width or colour may take another image of the same element.
  await expect.poll(isLoaded).toBe(true)
}

/** Replaces the server's port, and random ids in an answer. */
async function hideWhatVaries({ page, server }: Stage): Promise<void> {
  await page.evaluate((port) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const { currentNode: text } = texts
      text.nodeValue = (text.nodeValue ?? '')
        .replaceAll(`127.0.0.1:${port}`, 'localhost:3000')
        .replaceAll(/"id": "[\w-]{20,24}"/g, '"id": "rG0kZ3vUqVn3tq1u3n0xkA"')
    }
  }, new URL(server.origin).port)
}
