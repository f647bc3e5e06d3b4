import { spawn } from 'node:child_process'
import { ensureBrowser, installPackagedBrowser } from './browser-install.mjs'
import { fail, install, run, step } from './steps.mjs'

// Everything that must hold before a change lands, from a fresh clone of a bare machine.
const from = performance.now()

/** Runs a command beside others, and shows its output in one piece when it has ended. */
function runAside(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      process.stdout.write(Buffer.concat(output))
      if (code === 0) resolve()
      else reject(new Error(`${[command, ...args].join(' ')} ended with ${code}`))
    })
  })
}

try {
  await step('install', () => Promise.all([install(), installPackagedBrowser()]))
  await ensureBrowser()
  await step('types', () => run('npx', ['tsc', '-p', '.']))
  await step('lint', () => run('npx', ['biome', 'check', '--error-on-warnings', '.']))
  await step('build, and unit and store suites', () =>
    Promise.all([
      step('build', () => runAside('npx', ['next', 'build'])),
      step('unit and store suites', () => runAside('npx', ['vitest', 'run'])),
    ]),
  )
  await step('end to end, in Chromium', () => run('npx', ['playwright', 'test']))
  console.log(`\nAll of it holds. ${((performance.now() - from) / 1000).toFixed(0)} s`)
} catch (error) {
  fail(error)
}
