import { ensureBrowser, installPackagedBrowser } from './support/browser-install.mjs'
import { gateFile } from './support/gate-file.mjs'
import { fail, install, run, runAside, step } from './support/steps.mjs'

// Checks what must hold before a change lands, also from a fresh clone on a bare machine. With --deep it checks the rest: many
// machines, the contracts server, bad days, floods and the container.
const isDeep = process.argv.includes('--deep')
const from = performance.now()
const playwright = (...chosen) => run('npx', ['playwright', 'test', ...chosen])

const vitest = (project, how = run) => how('npx', ['vitest', 'run', '--project', project])
const build = () => step('build', () => run('npm', ['run', 'build']))

async function verify() {
  await installEverything(async () => {
    await step('types', () => run('npx', ['tsc', '-p', '.']))
    await step('lint', () => run('npx', ['biome', 'check', '--error-on-warnings', '.']))
    await build()
    await step('unit suites of the rules', () => vitest('rules'))
  })
  // The suites run beside each other, as each spends much of its time waiting. A failure of one does not end the other.
  const suites = await Promise.allSettled([
    step('unit and store suites', () => vitest('stores', runAside)),
    step('end to end, in Chromium', () => playwright('--project=machine')),
  ])
  for (const { status, reason } of suites) if (status === 'rejected') throw reason
}

async function verifyDeeply() {
  await installEverything(build)
  await step('crowds, kills, three machines, bad days, a storm', () =>
    playwright('--project=heavy', '--project=fleet', '--project=bad-days'),
  )
  if (gateFile() === 'middleware.ts') {
    await step('build with the gate in the process of the server', () =>
      run('node', ['scripts/in-process-build.mjs']),
    )
    await step('end to end with that gate', () => playwright('--project=in-process'))
  }
  await step('the contracts from plain Node, behind nginx', () => playwright('--project=contracts'))
  await step('10,000 requests of every kind', () =>
    run('npx', ['playwright', 'test', 'fuzz', '--project=machine'], { FUZZ_REQUESTS: '10240' }),
  )
  await step('two hundred tests in every state of a session, on the kit, with eight workers', () =>
    playwright('-c', 'e2e/kit/playwright.config.ts', '--project=verdict'),
  )
  // They run alone, because they compare how fast honest users are served.
  await step('floods', () => playwright('--project=measured', '--workers=1'))
  // Performance is left out: it would depend on what else the machine does.
  await step('accessibility, best practices and SEO, by Lighthouse', () =>
    run('npm', ['run', 'lighthouse', '--', '--only-checks']),
  )
  await step('another app, by docs/adopting.md', () => run('node', ['scripts/adopting-check.mjs']))
  await step('container', () => run('node', ['scripts/container-check.mjs']))
}

/** Installs packages and what the tests need on the machine, and runs `beside` while native addons are compiled. */
async function installEverything(beside) {
  await Promise.all([install(beside), installPackagedBrowser()])
  await ensureBrowser()
}

try {
  await (isDeep ? verifyDeeply() : verify())
  console.log(`\nAll of it holds. ${((performance.now() - from) / 1000).toFixed(0)} s`)
} catch (error) {
  fail(error)
}
