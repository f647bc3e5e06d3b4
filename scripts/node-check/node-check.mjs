import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { run } from '../support/steps.mjs'
import { endProcesses } from './folder-processes.mjs'
import { highest, parseVersions } from './node-versions.mjs'

// Whether the committed tree holds on other versions of Node: npm run node:check -- 22 24 26
// Each is fetched from npm and checked in a clean checkout of HEAD, in a folder that goes afterwards (scripts/node-check/node-suite.mjs).
const PACKAGE = `node-${process.platform}-${process.arch}`
const { complaint } = createRequire(import.meta.url)('../node-floor.cjs')
const { engines } = JSON.parse(readFileSync('package.json', 'utf8'))

let group
let isInterrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    isInterrupted = true
    if (group !== undefined) process.kill(-group, 'SIGINT')
  })
}

const results = []
for (const version of resolveAll(process.argv.slice(2))) {
  if (isInterrupted) break
  const from = performance.now()
  const failure = await check(version).catch((error) => error.message)
  const seconds = ((performance.now() - from) / 1000).toFixed(0)
  results.push(
    `Node ${version} ${failure === undefined ? 'holds' : `fails: ${failure}`} (${seconds} s)`,
  )
  if (failure !== undefined) process.exitCode = 1
}
console.log(`\n${results.join('\n')}`)

/** The newest release of each version that is asked for. Ends the program with 2 where there is none, or it is too old. */
function resolveAll(args) {
  try {
    return [...new Set(parseVersions(args).map(resolve))]
  } catch (error) {
    console.error(error.message)
    process.exit(2)
  }
}

function resolve(version) {
  const newest = highest(published(version))
  if (newest === undefined) throw new Error(`npm has no Node ${version} for ${PACKAGE}`)
  const tooOld = complaint(newest, engines.node)
  if (tooOld !== null) throw new Error(tooOld)
  return newest
}

/** The releases that npm has of a version. */
function published(version) {
  try {
    const found = execFileSync('npm', ['view', `${PACKAGE}@${version}`, 'version', '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return found.trim() === '' ? [] : [JSON.parse(found)].flat()
  } catch (error) {
    const { code, summary } = JSON.parse(error.stdout || '{}').error ?? {}
    if (code === 'E404') return []
    throw new Error(`npm cannot be asked for Node ${version}: ${summary ?? error.message}`)
  }
}

/** Throws an Error that says what does not hold on this version. */
async function check(version) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rekindle-node-')))
  const [checkout, temporary] = [join(folder, 'checkout'), join(folder, 'tmp')]
  const home = join(folder, 'node', 'node_modules', PACKAGE)
  const record = join(folder, 'record')
  try {
    // PostgreSQL and pgbouncer do not run as root, and must reach their files all the same.
    chmodSync(folder, 0o755)
    mkdirSync(temporary)
    await run('npm', [
      ...['install', '--prefix', join(folder, 'node'), '--no-save', '--ignore-scripts'],
      ...['--no-audit', '--no-fund', '--loglevel=error', `${PACKAGE}@${version}`],
    ])
    await run('git', ['clone', '--quiet', '--shared', process.cwd(), checkout])
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' })
    console.log(`\n=== Node ${version}, commit ${commit.trim()}`)
    if (isInterrupted) throw new Error('interrupted')
    await suite(version, {
      cwd: checkout,
      env: {
        ...process.env,
        PATH: [join(home, 'bin'), process.env.PATH].join(delimiter),
        TMPDIR: temporary,
        NODE_CHECK_RECORD: record,
        NODE_OPTIONS: `--require=${join(checkout, 'scripts/node-check/node-witness.cjs')}`,
        // Native addons are compiled, with this Node's own headers, even where a binary could be had.
        npm_config_nodedir: home,
        npm_config_build_from_source: 'true',
      },
    })
  } finally {
    if (group !== undefined) {
      const killed = await endProcesses(group, folder)
      for (const command of killed) console.error(`Was left behind, and killed: ${command}`)
      group = undefined
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the suite in a group of processes of its own, so that all of it can be ended. */
async function suite(version, options) {
  const child = spawn('node', ['scripts/node-check/node-suite.mjs', version], {
    ...options,
    detached: true,
    stdio: 'inherit',
  })
  const ended = once(child, 'exit')
  group = child.pid
  const [code, signal] = await ended
  if (isInterrupted) throw new Error('interrupted')
  if (code !== 0) throw new Error(`its suite ended with ${signal ?? code}`)
}
