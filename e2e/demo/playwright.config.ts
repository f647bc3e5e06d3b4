import { defineConfig } from '@playwright/test'
import base from '../../playwright.config'

/** Runs the story in slow motion, with a video and a screenshot of each step. */
export default defineConfig(base, {
  testDir: '.',
  testMatch: '*.story.ts',
  workers: 1,
  timeout: 300_000,
  outputDir: '../../test-results/demo',
  reporter: [['list'], ['html', { outputFolder: '../../demo-report', open: 'never' }]],
  use: {
    ...base.use,
    viewport: { width: 1024, height: 768 },
    video: { mode: 'on', size: { width: 1024, height: 768 } },
    trace: 'off',
    launchOptions: { ...base.use?.launchOptions, slowMo: 250 },
  },
})
