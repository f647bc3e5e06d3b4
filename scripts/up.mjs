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
  await run('node', ['scripts/serve.mjs', 'start'])
} catch (error) {
  fail(error)
}
