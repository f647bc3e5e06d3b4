import { fail, install, run, step } from './support/steps.mjs'

// Takes a fresh clone to a running app: installs, builds, makes secrets, a database and a demo user, and serves.
const DEMO = { name: 'demo', password: 'keep-me-signed-in' }

try {
  await install(() => step('build', () => run('npx', ['next', 'build'])))
  await step('secrets', () => run('node', ['scripts/support/secrets.mjs']))
  await step('database and demo user', () =>
    run('npm', ['run', '--silent', 'user:add', '--', DEMO.name, DEMO.password, '--unless-taken']),
  )
  console.log(`\nSign in as ${DEMO.name} with the password ${DEMO.password}\n`)
  await run('node', ['scripts/serve.mjs', 'start'], await labVariables())
} catch (error) {
  fail(error)
}

/** Offers the lab where the app is served to this machine alone, unless `LAB` says otherwise. */
async function labVariables() {
  // Imported here, because a fresh clone has no packages when this file is loaded.
  const { default: nextEnv } = await import('@next/env')
  nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error })
  const { APP_ORIGIN, LAB } = process.env
  const origin = APP_ORIGIN || 'http://localhost'
  const isLocal =
    URL.canParse(origin) && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(origin).hostname)
  return isLocal && !LAB ? { LAB: '1' } : {}
}
