import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** What no build needs, or makes itself. */
const LEFT_OUT = new Set([
  '.git',
  'node_modules',
  'bench',
  '.next',
  '.bench',
  '.contracts',
  '.in-process',
  '.registry',
  '.screens',
  '.data',
  'coverage',
  'demo-report',
  'playwright-report',
  'test-results',
])

/** Whether copies of this tree have this file or folder, which lies at the top of it. */
export function isCopied(entry) {
  // A developer's .env.local is no part of a build.
  return !LEFT_OUT.has(entry) && !/^\.env.*\.local$/.test(entry)
}

/** Makes `folder` a copy of this tree that can be built. What was in it is removed. */
export function copyTree(folder) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const entry of readdirSync('.').filter(isCopied)) {
    cpSync(entry, join(folder, entry), { recursive: true })
  }
  // Hard links: Turbopack follows no link to a folder outside its root.
  execFileSync('cp', ['-al', resolve('node_modules'), join(folder, 'node_modules')])
}
