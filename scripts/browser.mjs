import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
]

/** The path of a Chromium on this machine: Playwright's own, else a packaged one; null if there is none. */
export function findBrowser() {
  return [chromium.executablePath(), ...INSTALLED].find((path) => existsSync(path)) ?? null
}
