import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Runs a command and shows its output. Resolves when it exits with 0, and rejects with an error that names it otherwise. */
export function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? code}`))
    })
  })
}

/** Runs a command beside other commands: it works as `run` does, but shows the output once the command has ended. */
export function runAside(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    })
    const output = []
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => output.push(part))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.stdout.write(Buffer.concat(output))
      if (code === 0) resolve()
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? code}`))
    })
  })
}

/** Runs a step, and prints its name and how long it took. */
export async function step(name, work) {
  const from = performance.now()
  console.log(`\n=== ${name}`)
  await work()
  console.log(`=== ${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`)
}

/**
 * Installs exactly what the lock file says, unless that was done already. Native addons are compiled if there is no prebuilt
 * binary, which takes a minute and one core. `beside` runs meanwhile, and may use all packages but these addons.
 */
export async function install(beside = async () => {}) {
  const mark = 'node_modules/.installed'
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return beside()
  await step('packages', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']),
  )
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const addons = Object.keys(allowScripts)
  await Promise.all([
    step('native addons', () =>
      run('npm', ['rebuild', '--loglevel=error', ...addons], { JOBS: 'max' }),
    ),
    beside(),
  ])
  writeFileSync(mark, lock)
}

/** Prints what failed in one line, and exits with 1. */
export function fail(error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
