import { labSwitch } from './support/lab-switch.mjs'
import { fail, install, run, step } from './support/steps.mjs'

// Takes a fresh clone to a running app: installs, builds, makes secrets, a database and a demo user, and serves. On localhost it
// serves the lab, too, unless LAB says otherwise.
const DEMO = { name: 'demo', password: 'keep-me-signed-in' }

try {
  await install(() => step('build', () => run('npm', ['run', 'build'])))
  await step('secrets', () => run('node', ['scripts/support/secrets.mjs']))
  await step('database and demo user', () =>
    run('npm', ['run', '--silent', 'user:add', '--', DEMO.name, DEMO.password, '--unless-taken']),
  )
  const { default: nextEnv } = await import('@next/env')
  nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error })
  const lab = labSwitch(process.env)
  console.log(`\nSign in as ${DEMO.name} with the password ${DEMO.password}`)
  if (lab === '1') console.log('See a thief thrown out: press “Open the lab” on the home page')
  console.log()
  await run('node', ['scripts/serve.mjs', 'start'], { LAB: lab })
} catch (error) {
  fail(error)
}
