import { defineConfig, devices } from '@playwright/test'
import { findBrowsers } from './scripts/browser.mjs'

const browsers = findBrowsers()
if (browsers === null) {
  throw new Error('No Chromium found: apt-get install chromium, or npx playwright install chromium')
}

/** What is about races, losses and theft is run again where each request may meet another of three machines. */
const ON_MANY_MACHINES =
  /\/(fleet|races|lost-response|rotation|theft|sign-out|posts|outage|database-failure)\.spec\.ts/
/** Answers that the proxy before the refresh route makes up, and what a browser remembers, are the same however many machines there are. */
const NOT_OF_MACHINES = /F10 (a \d|a redirect|no answer|while|an access token)|F11|F15|F18/
/** How fast the honest are served beside a flood: one test after another, and nothing else beside them. */
const MEASURED = '**/flood.spec.ts'

/** Against the production build: run `npm run build` first. Each worker starts its own server (e2e/fixtures.ts). */
export default defineConfig<object, { machines: 1 | 3 }>({
  testDir: 'e2e',
  // One more than two cores: much of it waits for grace, for expiry, for a server to start.
  workers: 3,
  fullyParallel: true,
  // On a shared machine that is several times slower for minutes; what passes only then is reported as flaky.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: true,
  reporter: 'list',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  projects: [
    { name: 'machine', testIgnore: ['fleet.spec.ts', MEASURED] },
    {
      name: 'fleet',
      testMatch: ON_MANY_MACHINES,
      grepInvert: NOT_OF_MACHINES,
      use: { machines: 3, ignoreHTTPSErrors: true },
    },
    {
      name: 'measured',
      testMatch: MEASURED,
      dependencies: ['machine', 'fleet'],
      fullyParallel: false,
    },
  ],
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
