import { defineConfig } from '@playwright/test'
import type { KitWorkerFixtures } from 'rekindle-testing'
import base from '../../playwright.config'
import { sharedServer } from '../support/server/shared-server'

/**
 * The kit in earnest: eight workers and one server. `kit` has 200 tests that begin in a state without the sign-in page. `form` has
 * 200 that sign in as a person does, so that the run can say what both took.
 */
export default defineConfig<object, KitWorkerFixtures>({
  ...base,
  testDir: '.',
  workers: 8,
  globalSetup: '../support/server/shared-server.ts',
  outputDir: '../../test-results/kit',
  reporter: [['dot'], ['./seconds.ts']],
  projects: [
    { name: 'kit', grep: /@kit\b/ },
    { name: 'verdict', grep: /@verdict\b/, dependencies: ['kit'] },
    // Only afterwards, so that each has the machine to itself.
    { name: 'form', grep: /@form\b/, dependencies: ['verdict'] },
  ],
  use: { ...base.use, ...sharedServer() },
})
