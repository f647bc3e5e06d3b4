import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser, installPackagedBrowser } from './support/browser-install.mjs'
import { fail, install, run, step } from './support/steps.mjs'

// Plays the demo (e2e/demo) in Chromium and writes a report with videos and screenshots, and the film of the lab.

/** Makes sure that Playwright can record video: with its own ffmpeg, or with Debian's, linked to where Playwright looks. */
async function ensureRecorder() {
  const plan = execFileSync('npx', ['playwright', 'install', '--dry-run', 'ffmpeg'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const folder = /Install location:\s+(.+)/.exec(plan)?.[1] ?? ''
  const recorder = join(folder, 'ffmpeg-linux')
  if (existsSync(folder)) return
  const packaged = '/usr/bin/ffmpeg'
  const canInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  if (!existsSync(packaged) && canInstall) {
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['-qq', 'update'], quiet)
    await run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', 'ffmpeg'], quiet)
  }
  if (!existsSync(packaged)) return run('npx', ['playwright', 'install', 'ffmpeg'])
  mkdirSync(folder, { recursive: true })
  symlinkSync(packaged, recorder)
}

try {
  await step('install', async () => {
    await install()
    await installPackagedBrowser()
    await ensureBrowser()
    await ensureRecorder()
  })
  await step('build', () => run('npx', ['next', 'build']))
  await run('npx', ['playwright', 'test', '-c', 'e2e/demo/playwright.config.ts'])
  await run('npx', ['playwright', 'test', '-c', 'e2e/screens/playwright.config.ts', 'film'], {
    FILM_FOLDER: 'demo-report',
  })
  console.log('\nThe report: demo-report/index.html. The film: demo-report/lab.webp')
} catch (error) {
  fail(error)
}
