import { existsSync } from 'node:fs'
import { run } from './steps.mjs'

/** Debian's Chromium where packages can be installed; it needs nothing of ours, so it can come beside `npm ci`. */
export async function installPackagedBrowser() {
  const packaged = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const canInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (packaged.some((path) => existsSync(path)) || !canInstall) return
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['-qq', 'update'], quiet)
  await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'chromium'], quiet)
}

/** Playwright's own Chromium, where there is no other. Needs `npm ci` first. */
export async function ensureBrowser() {
  const { findBrowser } = await import('./browser.mjs')
  if (findBrowser() === null) await run('npx', ['playwright', 'install', 'chromium'])
}
