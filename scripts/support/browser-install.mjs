import { existsSync } from 'node:fs'
import { run } from './steps.mjs'

const PACKAGES = {
  // Runs the commands of docs/contracts.md.
  curl: '/usr/bin/curl',
  // Stands in for a platform's connection pooler in front of PostgreSQL.
  pgbouncer: '/usr/sbin/pgbouncer',
  chromium: '/usr/bin/chromium',
  'chromium-headless-shell': '/usr/bin/chromium-headless-shell',
  // nginx balances over three servers; libfaketime sets their clocks wrong.
  nginx: '/usr/sbin/nginx',
  libfaketime: '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
}

/**
 * Installs Debian's Chromium and the other packages that tests need, if this user can install packages. It needs no npm package,
 * so it can run beside `npm ci`.
 */
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

/** Installs Playwright's own Chromium if the machine has none. Run `npm ci` first. */
export async function ensureBrowser() {
  const { findBrowsers } = await import('./browser.mjs')
  if (findBrowsers() === null) await run('npx', ['playwright', 'install', 'chromium'])
}
