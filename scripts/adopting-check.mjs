import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../testing/free-port.mjs'
import { writeFreshApp } from './adopting/fresh-app.mjs'
import { blocksOf, follow } from './adopting/page.mjs'
import { endGroups, runGroup, startGroup } from './adopting/process-groups.mjs'
import { browserConfig, STATES_SPEC } from './adopting/states-spec.mjs'
import { visitApp } from './adopting/visit.mjs'
import { findBrowsers } from './support/browser.mjs'
import { fail, step } from './support/steps.mjs'

// Follows docs/adopting.md by machine in a new Next.js app, and proves that people stay signed in there. It needs npm, and no
// other network. It leaves no process and no folder behind; with --keep, the app stays.
const keeps = process.argv.includes('--keep')
const folder = mkdtempSync(join(tmpdir(), 'rekindle-adopting-'))
const app = join(folder, 'app')

const START_TIMEOUT_MS = 120_000
const ADDON = 'node_modules/better-sqlite3/build'
/** npm runs no script, so better-sqlite3 is copied as it was compiled for this repository: compiling it takes a minute. */
const NPM = {
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_ignore_scripts: 'true',
  npm_config_loglevel: 'error',
  npm_config_prefer_offline: 'true',
  NEXT_TELEMETRY_DISABLED: '1',
}

async function check() {
  await step('a new app', () => writeFreshApp(app))
  symlinkSync(process.cwd(), join(folder, 'rekindle'))
  const blocks = blocksOf(readFileSync('docs/adopting.md', 'utf8'))
  for (const heading of new Set(blocks.map((block) => block.step))) {
    await step(heading, async () => {
      for (const block of blocks.filter((one) => one.step === heading)) {
        await follow(block, app, NPM)
        if (/^npm install/m.test(block.code)) cpSync(ADDON, join(app, ADDON), { recursive: true })
      }
    })
  }
  await prove('build', () => runGroup('npm', ['run', 'build'], { cwd: app, env: NPM }))
  const origin = await start()
  await visitApp({ app, origin, prove })
  await prove("the kit's tests, and one in each state of a session", () => testInBrowser(origin))
}

/** Runs a step whose failure is named after it. */
function prove(name, work) {
  return step(name, work).catch((cause) => {
    throw new Error(`"${name}": ${cause.message}`, { cause })
  })
}

/** Starts the app as its people would, and resolves to its origin once it answers. */
async function start() {
  const port = String(await findFreePort())
  const origin = `http://localhost:${port}`
  const env = { APP_ORIGIN: origin, PORT: port, TESTING: '1', SHUTDOWN_DELAY: '0' }
  await prove('start', async () => {
    const { ended, lastLines } = startGroup('npm', ['start'], { cwd: app, env })
    const stopped = ended.then((end) => {
      throw new Error(`npm start ended with ${end}\n${lastLines()}`)
    })
    await Promise.race([stopped, untilAnswered(`${origin}/api/hello`)])
    stopped.catch(() => {})
  })
  return origin
}

/** Runs the test of the page, and one for each state, with the kit as it was packed and installed. */
async function testInBrowser(origin) {
  const config = 'here.config.ts'
  writeFileSync(join(app, config), browserConfig(findBrowsers()?.headless))
  writeFileSync(join(app, 'e2e/states.spec.ts'), STATES_SPEC)
  const env = { APP_ORIGIN: origin }
  await runGroup('npx', ['playwright', 'test', '-c', config], { cwd: app, env })
}

async function untilAnswered(address) {
  const until = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const response = await fetch(address).catch(() => null)
    if (response?.ok) return
    if (performance.now() > until) throw new Error(`${address} does not answer in time`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function tidyUp() {
  await endGroups()
  if (keeps) console.log(`The app: ${app}`)
  else rmSync(folder, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => tidyUp().finally(() => process.exit(1)))
}
try {
  await check()
  await tidyUp()
  console.log('\nThe app that followed docs/adopting.md keeps its people signed in.')
} catch (error) {
  await tidyUp()
  fail(error)
}
