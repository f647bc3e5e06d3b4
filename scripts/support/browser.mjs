import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

/** Chromium's build for running without a window: it starts and loads pages in half the time. */
const HEADLESS = '/usr/bin/chromium-headless-shell'
const FULL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

/**
 * The Chromiums of this machine, Playwright's own before packaged ones; null if there is none. `headless` is what tests run
 * in, and undefined where Playwright is to find it; `full` has what the other lacks (pages kept alive for the back button).
 */
export function findBrowsers() {
  const own = chromium.executablePath()
  if (existsSync(own)) return { headless: undefined, full: own }
  const full = FULL.find((path) => existsSync(path))
  if (full === undefined) return null
  return { headless: existsSync(HEADLESS) ? HEADLESS : full, full }
}
