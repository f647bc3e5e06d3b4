import { defineConfig } from '@playwright/test'
import base from '../playwright.config'

/** The browser tests of the client, which is not finished: they take minutes, and are no part of `npm run verify` yet. */
export default defineConfig(base, { testDir: '.', testIgnore: [], testMatch: 'client-*.spec.ts' })
