import { existsSync } from 'node:fs'
import { run } from './steps.mjs'

const PACKAGES = {
  // What the lines of docs/contracts.md are run with.
  curl: '/usr/bin/curl',
  // What PostgreSQL is reached through where a platform puts a pooler in front of it.
  pgbouncer: '/usr/sbin/pgbouncer',
  chromium: '/usr/bin/chromium',
  'chromium-headless-shell': '/usr/bin/chromium-headless-shell',
  // What balances over three servers, and what makes their clocks wrong.
  nginx: '/usr/sbin/nginx',
  libfaketime: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
}

/** Debian's Chromium, and what else tests need of it, where packages can be installed; that needs nothing of ours, so it can come beside `npm ci`. */
export async function installPackagedBrowser() {
  const missing = Object.entries(PACKAGES).flatMap(([name, path]) =>
    existsSync(path) ? [] : [name],
  )
  const canInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (missing.length === 0 || !canInstall) return
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  try {
    await run('apt-get', ['-qq', 'update'], quiet)
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...missing], quiet)
  } catch (error) {
    console.error(`${error.message}; trying Playwright's own Chromium`)
  }
}

/** Playwright's own Chromium, where there is no other. Needs `npm ci` first. */
export async function ensureBrowser() {
  const { findBrowsers } = await import('./browser.mjs')
  if (findBrowsers() === null) await run('npx', ['playwright', 'install', 'chromium'])
}
