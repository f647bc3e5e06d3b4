import { mkdir, writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import sharp from 'sharp'
import { expect, test } from '@/e2e/support/fixtures'
import { SHORT_LIVES } from '@/e2e/support/server/server'
import { CLOSED_STATES, LAB_STATES, SHORT_STATES, STATES, untilDrawn } from './states'

/** Committed: each state once in light and wide, and once in dark and narrow. The others are only looked at. */
const KEPT = 'docs/screens'
const OTHERS = '.screens'
const HEIGHT = 900

interface Variant {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
  readonly forcedColors?: 'active'
  readonly folder: string
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  '': { width: 1440, colorScheme: 'light', folder: KEPT },
  '-dark-320': { width: 320, colorScheme: 'dark', folder: KEPT },
  '-dark': { width: 1440, colorScheme: 'dark', folder: OTHERS },
  '-768': { width: 768, colorScheme: 'light', folder: OTHERS },
  '-320': { width: 320, colorScheme: 'light', folder: OTHERS },
  '-forced': { width: 1440, colorScheme: 'dark', forcedColors: 'active', folder: OTHERS },
}

const GROUPS = [
  { states: STATES, env: {} },
  { states: SHORT_STATES, env: SHORT_LIVES },
  { states: LAB_STATES, env: { LAB: '1' } },
  { states: CLOSED_STATES, env: { REGISTRATION: 'closed' } },
]

for (const { states, env } of GROUPS) {
  for (const [name, enter] of Object.entries(states)) {
    test(`Screen: ${name}`, async ({ browser, startServer }) => {
      const server = await startServer({ env })
      const user = await server.register('ann')
      const context = await browser.newContext({ baseURL: server.origin })
      const page = await context.newPage()
      await page.setViewportSize({ width: 1440, height: HEIGHT })
      const leave = await enter({ page, context, browser, server, user })
      for (const [suffix, variant] of Object.entries(VARIANTS)) {
        await take(page, `${name}${suffix}`, variant)
      }
      if (typeof leave === 'function') leave()
      await context.close()
    })
  }
}

for (const name of ['home', 'dashboard-fresh', 'devices-alone', 'unavailable']) {
  test(`Screen without script: ${name}`, async ({ browser, startServer }) => {
    const server = await startServer()
    const user = await server.register('ann')
    const context = await browser.newContext({ baseURL: server.origin, javaScriptEnabled: false })
    const page = await context.newPage()
    await STATES[name]?.({ page, context, browser, server, user })
    const variant = { width: 1440, colorScheme: 'light', folder: OTHERS } as const
    await take(page, `${name}-without-script`, variant)
    await context.close()
  })
}

/** Takes a picture of the whole page. Nothing may be wider than the window. */
async function take(page: Page, name: string, variant: Variant): Promise<void> {
  const { width, colorScheme, forcedColors = 'none', folder } = variant
  await page.setViewportSize({ width, height: HEIGHT })
  await page.emulateMedia({ colorScheme, forcedColors })
  await untilDrawn(page)
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  expect(isWider, `${name} is wider than its window`).toBe(false)
  const png = await page.screenshot({ fullPage: true, animations: 'disabled' })
  await mkdir(folder, { recursive: true })
  await writeFile(
    `${folder}/${name}.webp`,
    await sharp(png).webp({ quality: 50, effort: 6 }).toBuffer(),
  )
}
