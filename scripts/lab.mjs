import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail, install, run, step } from './support/steps.mjs'

// Serves the production build with the lab: node scripts/lab.mjs [-p port]. Its database and secrets last as long as it does.
try {
  if (!existsSync('.next/BUILD_ID')) {
    await install(() => step('build', () => run('npx', ['next', 'build'])))
  }
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-lab-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const secret = () => randomBytes(32).toString('base64url')
  const options = process.argv.slice(2)
  const port = options[options.indexOf('-p') + 1]
  Object.assign(process.env, {
    ...(options.includes('-p') ? { PORT: port } : {}),
    APP_ORIGIN: '',
    LAB: '1',
    ACCESS_TOKEN_TTL: '10s',
    REFRESH_GRACE: '2s',
    REFRESH_LEEWAY: '',
    DATABASE_URL: `file:${join(directory, 'lab.db')}`,
    ACCESS_TOKEN_ALG: '',
    ACCESS_TOKEN_SECRET: secret(),
    REFRESH_TOKEN_SECRET: secret(),
  })
  console.log(`\nThe lab: http://localhost:${process.env.PORT || 3000}/lab\n`)
  const server = spawn('node', ['scripts/serve.mjs', 'start', ...options], { stdio: 'inherit' })
  // The server ends in order, and this process after it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal))
  const [code] = await once(server, 'exit')
  process.exitCode = code ?? 1
} catch (error) {
  fail(error)
}
