import { ensureBrowser, installPackagedBrowser } from './browser-install.mjs'
import { fail, install, run, step } from './steps.mjs'

// Everything that must hold before a change lands, from a fresh clone of a bare machine.
const from = performance.now()

try {
  await Promise.all([
    install(async () => {
      await step('types', () => run('npx', ['tsc', '-p', '.']))
      await step('lint', () => run('npx', ['biome', 'check', '--error-on-warnings', '.']))
      await step('build', () => run('npx', ['next', 'build']))
    }),
    installPackagedBrowser(),
  ])
  await ensureBrowser()
  await step('unit and store suites', () => run('npx', ['vitest', 'run']))
  await step('end to end, in Chromium', () => run('npx', ['playwright', 'test']))
  console.log(`\nAll of it holds. ${((performance.now() - from) / 1000).toFixed(0)} s`)
} catch (error) {
  fail(error)
}
