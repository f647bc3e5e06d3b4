import { defineConfig, devices } from '@playwright/test'
import { findBrowsers } from './scripts/support/browser.mjs'

const browsers = findBrowsers()
if (browsers === null) {
  throw new Error('No Chromium found: apt-get install chromium, or npx playwright install chromium')
}

/** What goes wrong around it, done to real processes; how fast the honest are served meanwhile is measured alone. */
const BAD_DAYS = /\/bad-days\/.*\.spec\.ts/
/** What takes a machine minutes: many requests at once, faults one after another, kills and restarts, clocks twenty minutes apart. */
const HEAVY = /\/(axios|client-faults|clocks|cost|crash|crowds|docs|keys|limits|shutdown)\.spec\.ts/
const MEASURED = /\/flood\.spec\.ts/
/** What is about races, losses and theft is run again where each request may meet another of three machines. */
const ON_MANY_MACHINES =
  /\/(fleet|races|lost-response|rotation|theft|sign-out|posts|outage|database-failure)\.spec\.ts/
/** Answers that the proxy before the refresh route makes up, and what a browser remembers, are the same however many machines there are. */
const NOT_OF_MACHINES = /F10 (a \d|a redirect|no answer|while|an access token)|F11|F15|F18/

/** Against the production build: run `npm run build` first. Each worker starts its own server (e2e/support/fixtures.ts). */
export default defineConfig<object, { machines: 1 | 3 }>({
  testDir: 'e2e/specs',
  // One more than two cores: much of it waits for grace, for expiry, for a server to start.
  workers: 3,
  fullyParallel: true,
  // No test knows how fast the machine is: what passes only at a second try is broken.
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  // So long that no machine is too slow: what is waited for comes, or never does.
  timeout: 900_000,
  expect: { timeout: 120_000 },
  projects: [
    { name: 'machine', testIgnore: ['**/fleet.spec.ts', BAD_DAYS, HEAVY] },
    { name: 'heavy', testMatch: HEAVY },
    {
      name: 'fleet',
      testMatch: ON_MANY_MACHINES,
      grepInvert: NOT_OF_MACHINES,
      use: { machines: 3, ignoreHTTPSErrors: true },
    },
    { name: 'bad-days', testMatch: BAD_DAYS, testIgnore: MEASURED },
    { name: 'measured', testMatch: MEASURED, fullyParallel: false },
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
        // One process less for each browser, as nothing is drawn by a GPU.
        '--in-process-gpu',
        '--disable-quic',
        // A page whose answer was lost is asked for again by the test alone.
        '--disable-auto-reload',
      ],
    },
  },
})
