import { defineConfig } from '@playwright/test'
import type { KitWorkerFixtures } from 'rekindle-testing'
import base from '../../playwright.config'

/** Makes the pictures of docs/screens and the film of the lab: npm run screens. */
export default defineConfig<object, KitWorkerFixtures>({
  ...base,
  projects: [{ name: 'screens' }],
  testDir: '.',
  outputDir: '../../test-results/screens',
  // Two workers draw as fast as two cores can.
  workers: 2,
})
