import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

/** Chromium's build without windows, which starts and loads pages in half the time. */
const HEADLESS = '/usr/bin/chromium-headless-shell'
const FULL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

/**
 * Finds the Chromiums of this machine, Playwright's own before packaged ones; null if there is none. Tests run in `headless`; if
 * it is undefined, Playwright finds its own. `full` has what the headless build lacks, such as the back/forward cache.
 */
export function findBrowsers() {
  const own = chromium.executablePath()
  if (existsSync(own)) return { headless: undefined, full: own }
  const full = FULL.find((path) => existsSync(path))
  if (full === undefined) return null
  return { headless: existsSync(HEADLESS) ? HEADLESS : full, full }
}
