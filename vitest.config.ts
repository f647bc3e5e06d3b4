import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = fileURLToPath(new URL('.', import.meta.url))

const RULES = [
  '{bench,client,config,contracts,docs,edge,http}/**/*.test.ts',
  'session/{keys,model,tokens}/**/*.test.ts',
  'session/!(engine).test.ts',
  '*.test.ts',
]

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: here },
      // The real package throws outside a React server; tests are neither server nor client.
      { find: 'server-only', replacement: `${here}node_modules/server-only/empty.js` },
    ],
  },
  test: {
    globalSetup: 'testing/postgres/database-server.ts',
    // Long enough for a slow machine. A test that waits gets its result, or never does.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // Vitest's default leaves one core unused, but many test files only wait for processes and databases.
    maxWorkers: '100%',
    // The rules need no database, so they can be tested while its driver is compiled.
    projects: [
      { extends: true, test: { name: 'rules', include: RULES } },
      {
        extends: true,
        test: {
          name: 'stores',
          include: ['**/*.test.ts'],
          exclude: ['**/node_modules', '.next', '.bench', '.in-process', 'e2e', ...RULES],
        },
      },
    ],
    // Tests of the log capture it themselves.
    env: { LOG_LEVEL: 'silent', DATABASE_TIMEOUT: '60s', REFRESH_TIMEOUT: '120s' },
  },
})
