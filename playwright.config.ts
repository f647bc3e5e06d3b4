import { defineConfig, devices } from '@playwright/test'
import { findBrowsers } from './scripts/support/browser.mjs'
import { gateFile } from './scripts/support/gate-file.mjs'

const browsers = findBrowsers()
if (browsers === null) {
  throw new Error('No Chromium found: apt-get install chromium, or npx playwright install chromium')
}

/**
 * Tags choose the projects of a test, and so does the folder `bad-days`, whose tests let databases, disks and whole machines
 * fail under load. A test elsewhere with none of these tags runs on one machine, and takes seconds.
 *
 * - `@fleet`: runs on one machine, and again where each request may meet another of three machines.
 * - `@fleet-only`: runs on three machines alone.
 * - `@contracts-only`: needs the contracts server, which serves the contracts from plain Node beside Next.js.
 * - `@one-program`: of a spec that speaks to contracts, needs one program for everything, and runs on one machine alone.
 * - `@heavy`: keeps a machine busy for minutes, with many requests at once, faults in a row, kills and restarts.
 * - `@hop`: fails the call from middleware to the refresh route, or looks at it. A gate in the process of the server makes none.
 * - `@edge`, `@in-process`: is about the gate of this kind alone.
 * - `@measured`: compares how fast people are served, so nothing else may run beside it.
 */
const ABOUT_EDGE = ['edge', 'hop']
/** Tags of tests about a gate that this tree does not have. */
const OTHER_GATE = gateFile() === 'proxy.ts' ? ABOUT_EDGE : ['in-process']
const without = (...tags: string[]) => new RegExp(`@(${tags.join('|')})\\b`)
const BAD_DAYS = 'bad-days/**'
/** The specs that speak to a contract, themselves or through middleware. */
const CONTRACTS = [
  'clients/**',
  'refresh/**',
  'pages/{password,passwordless,recent-auth,sign-out}.spec.ts',
  'server/{contracts-server,fuzz,limits,outage,redaction,tracing}.spec.ts',
]

/** Against the production build: run `npm run build` first. Each worker starts its own server (e2e/support/fixtures.ts). */
export default defineConfig<
  object,
  { machines: 1 | 3; gate: 'edge' | 'in-process'; contractsFrom: 'next' | 'node' }
>({
  testDir: 'e2e/specs',
  // One more than two cores: tests often wait for grace, for an expiry or for a server to start.
  workers: 3,
  fullyParallel: true,
  // Tests do not depend on the speed of the machine, so a test that passes only at a second try is broken.
  retries: 0,
  forbidOnly: true,
  reporter: 'list',
  // Long enough for a slow machine. A test that waits gets its result, or never does.
  timeout: 900_000,
  expect: { timeout: 120_000 },
  projects: [
    {
      name: 'machine',
      testIgnore: BAD_DAYS,
      grepInvert: without('fleet-only', 'contracts-only', 'heavy', 'measured', ...OTHER_GATE),
    },
    // Against the build that `npm run build:in-process` makes, whatever gate this tree has.
    {
      name: 'in-process',
      testIgnore: BAD_DAYS,
      grepInvert: without('fleet-only', 'contracts-only', 'heavy', 'measured', ...ABOUT_EDGE),
      use: { gate: 'in-process' },
    },
    { name: 'heavy', grep: /@heavy\b/, grepInvert: without(...OTHER_GATE) },
    {
      name: 'fleet',
      grep: /@fleet(-only)?\b/,
      grepInvert: without(...OTHER_GATE),
      use: { machines: 3, ignoreHTTPSErrors: true },
    },
    {
      name: 'contracts',
      testMatch: CONTRACTS,
      grepInvert: without('fleet-only', 'one-program', 'heavy', 'measured', ...OTHER_GATE),
      use: { contractsFrom: 'node' },
    },
    { name: 'bad-days', testMatch: BAD_DAYS, grepInvert: without('measured', ...OTHER_GATE) },
    { name: 'measured', grep: /@measured\b/, fullyParallel: false },
  ],
  use: {
    ...devices['Desktop Chrome'],
    // No test is about motion, and drawing it costs a core.
    contextOptions: { reducedMotion: 'reduce' },
    // Recording a trace slows every test. `npx playwright test --trace on` records one for a failure that needs it.
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
        // Saves one process for each browser: nothing is drawn by a GPU.
        '--in-process-gpu',
        '--disable-quic',
        // Chromium must not reload a page whose response was lost: the test does that.
        '--disable-auto-reload',
      ],
    },
  },
})
