import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { switchGate } from './support/gate-file.mjs'
import { fail, run } from './support/steps.mjs'

// Builds this tree with the gate in the process of the server, in .in-process, where the browser suite starts it. It is a copy,
// because an app has one gate, and so has a build.
const FOLDER = '.in-process'
/** What no build needs, or makes itself. */
const LEFT_OUT = [
  'node_modules',
  '.git',
  '.data',
  'test-results',
  'playwright-report',
  'demo-report',
]

try {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  for (const entry of readdirSync('.')) {
    if (LEFT_OUT.includes(entry) || /^\.(next|bench|registry|in-process)$/.test(entry)) continue
    // A developer's .env.local is no part of a build.
    if (/^\.env.*\.local$/.test(entry)) continue
    cpSync(entry, join(FOLDER, entry), { recursive: true })
  }
  switchGate('in-process', FOLDER)
  // Hard links: Turbopack follows no link to a folder outside its root.
  await run('cp', ['-al', resolve('node_modules'), join(FOLDER, 'node_modules')])
  process.chdir(FOLDER)
  await run(process.execPath, ['node_modules/next/dist/bin/next', 'build'])
} catch (error) {
  fail(error)
}
