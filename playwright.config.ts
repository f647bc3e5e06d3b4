import { defineConfig, devices } from '@playwright/test'
import { findBrowsers } from './scripts/browser.mjs'

const browsers = findBrowsers()
if (browsers === null) {
  throw new Error('No Chromium found: apt-get install chromium, or npx playwright install chromium')
}

/** Against the production build: run `npm run build` first. Each worker starts its own server (e2e/fixtures.ts). */
export default defineConfig({
  testDir: 'e2e',
  workers: 2,
  fullyParallel: true,
  // On a shared machine that is several times slower for minutes; what passes only then is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: true,
  reporter: 'list',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    ...devices['Desktop Chrome'],
    // Nothing here is about motion, and drawing it costs a core.
    contextOptions: { reducedMotion: 'reduce' },
    // `npx playwright test --trace on` where a failure needs it; recording each would slow them all.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(browsers.headless ? { executablePath: browsers.headless } : {}),
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-gpu',
        '--disable-quic',
        // A page whose answer was lost is asked for again by the test alone.
        '--disable-auto-reload',
      ],
    },
  },
})
