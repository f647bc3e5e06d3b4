import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Runs a command, its output shown, and resolves when it has ended well. Rejects with the command's name if not. */
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

/** Runs a step under its name, and says how long it took. */
export async function step(name, work) {
  const from = performance.now()
  console.log(`\n=== ${name}`)
  await work()
  console.log(`=== ${name}: ${((performance.now() - from) / 1000).toFixed(1)} s`)
}

/** Installs exactly what the lock file says, unless that was done already. */
export async function install() {
  const mark = 'node_modules/.installed'
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  // A native addon is compiled where no binary can be had: on every core.
  await run('npm', ['ci', '--no-audit', '--no-fund'], { JOBS: 'max', npm_config_jobs: 'max' })
  writeFileSync(mark, lock)
}

/** Ends the program with a line that says what failed. */
export function fail(error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
