import { defineConfig, devices } from '@playwright/test'
import { findBrowsers } from './scripts/support/browser.mjs'

const browsers = findBrowsers()
if (browsers === null) {
  throw new Error('No Chromium found: apt-get install chromium, or npx playwright install chromium')
}

/**
 * Tags choose the projects of a test. A test with none of these runs on one machine, and takes seconds.
 *
 * - `@fleet`: runs on one machine, and again where each request may meet another of three machines.
 * - `@fleet-only`: runs on three machines alone.
 * - `@heavy`: keeps a machine busy for minutes, with many requests at once, faults in a row, kills and restarts.
 * - `@bad-day`: databases, disks and whole machines fail under load.
 * - `@measured`: compares how fast people are served, so nothing else may run beside it.
 */
const NOT_IN_MACHINE = /@(fleet-only|heavy|bad-day|measured)\b/

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
    { name: 'machine', grepInvert: NOT_IN_MACHINE },
    { name: 'heavy', grep: /@heavy\b/ },
    {
      name: 'fleet',
      grep: /@fleet(-only)?\b/,
      use: { machines: 3, ignoreHTTPSErrors: true },
    },
    { name: 'bad-days', grep: /@bad-day\b/ },
    { name: 'measured', grep: /@measured\b/, fullyParallel: false },
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
