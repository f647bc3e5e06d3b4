import { defineConfig } from '@playwright/test'
import type { KitWorkerFixtures } from 'rekindle-testing'
import base from '../../playwright.config'
import { sharedServer } from '../support/server/shared-server'

/** Plays the stories in slow motion, with a video, a screenshot of each page at its end, and a film of each step. */
export default defineConfig<object, KitWorkerFixtures>({
  ...base,
  projects: [{ name: 'demo' }],
  testDir: '.',
  testMatch: '*.story.ts',
  workers: 1,
  timeout: 300_000,
  globalSetup: '../support/server/shared-server.ts',
  outputDir: '../../test-results/demo',
  reporter: [['list'], ['html', { outputFolder: '../../demo-report', open: 'never' }]],
  use: {
    ...base.use,
    ...sharedServer(),
    viewport: { width: 1024, height: 768 },
    video: { mode: 'on', size: { width: 1024, height: 768 } },
    screenshot: 'on',
    trace: 'on',
    launchOptions: { ...base.use?.launchOptions, slowMo: 250 },
  },
})
