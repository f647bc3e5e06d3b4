import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../testing/free-port.mjs'
import { run, step } from './support/steps.mjs'

// Checks the Dockerfile without Docker: builds, copies what its COPY lines name, and runs its CMD and its HEALTHCHECK as a user
// without rights. This machine takes the place of the base image.
const NOBODY = 65534
const dockerfile = readFileSync('Dockerfile', 'utf8')
const [, imageNode] = /^FROM node:(\d+)/m.exec(dockerfile)
const [, image = ''] = dockerfile.split(/^FROM .*$/m).slice(1)
const lines = (instruction) =>
  [...image.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest]) => rest)
const environment = Object.fromEntries(lines('ENV').map((pair) => pair.split(/=(.*)/s)))
const [command] = lines('CMD').map((list) => JSON.parse(list))
const [healthCheck] = lines('HEALTHCHECK').map((rest) => JSON.parse(/CMD (\[.*\])$/.exec(rest)[1]))

const directory = mkdtempSync(join(tmpdir(), 'rekindle-container-'))
const [app, data] = [join(directory, 'app'), join(directory, 'data')]
let server

try {
  await step('build', () => run('npx', ['next', 'build'], { BUILD_STANDALONE: '1' }))
  for (const copy of lines('COPY')) {
    const [from, to] = copy.replace('--from=build /app/', '').split(' ')
    cpSync(from, join(app, to), { recursive: true, verbatimSymlinks: true })
  }
  await run('mkdir', [data])
  chmodSync(directory, 0o755)
  await run('chown', [String(NOBODY), data])

  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  const env = {
    ...environment,
    PATH: process.env.PATH,
    PORT: String(port),
    DATABASE_URL: environment.DATABASE_URL.replace('/data', data),
    APP_ORIGIN: origin,
    ACCESS_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    REFRESH_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    SHUTDOWN_DELAY: '0',
  }
  const options = { cwd: app, env, uid: NOBODY, gid: NOBODY, stdio: 'inherit' }
  const start = ([program, ...rest]) => spawn(program, rest, options)
  const ended = (child) => new Promise((resolve) => child.once('exit', resolve))

  await step('serve, as nobody', async () => {
    server = start(command)
    const over = ended(server)
    const until = performance.now() + 300_000
    while ((await ended(start(healthCheck))) !== 0) {
      if (performance.now() > until) throw new Error('It is not healthy in time')
    }
    await visit(origin)
    server.kill('SIGTERM')
    const code = await over
    if (code !== 0) throw new Error(`SIGTERM ended it with ${code}`)
    if ((await ended(start(healthCheck))) === 0) throw new Error('It is healthy after its end')
  })
  console.log('\nThe image serves: healthy, signed up, refreshed, a page rendered, ended in order.')
  const [here] = process.versions.node.split('.')
  if (here !== imageNode) console.log(`It has Node ${imageNode}; this was Node ${process.version}.`)
} catch (error) {
  process.exitCode = 1
  console.error(error)
} finally {
  server?.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
}

async function visit(origin) {
  const credentials = { username: 'someone', password: 'a-long-enough-password' }
  const headers = { 'content-type': 'application/json', origin }
  const body = JSON.stringify(credentials)
  const signedUp = await fetch(`${origin}/api/auth/register`, { method: 'POST', headers, body })
  const cookies = signedUp.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  const refresh = cookies.filter((pair) => pair.startsWith('refresh_token='))
  const page = await fetch(`${origin}/dashboard`, { headers: { cookie: refresh[0] ?? '' } })
  const text = await page.text()
  if (page.status !== 200 || !text.includes(credentials.username)) {
    throw new Error(`The page after sign-up: ${page.status}`)
  }
  const asset = /\/_next\/static\/[^"]+\.js/.exec(text)?.[0]
  const script = await fetch(`${origin}${asset}`)
  if (!script.ok) throw new Error(`${asset}: ${script.status}`)
}
