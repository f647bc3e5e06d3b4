import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import nextEnv from '@next/env'
import { listenHostname } from './support/listen-hostname.mjs'
import { ensureSecrets } from './support/secrets.mjs'

// Starts `next start`, `next dev` or, in a container image, Next.js's standalone server. Each takes its own options:
// node scripts/serve.mjs start|dev|standalone [-p port] [-H hostname] …
const [mode = 'start', ...options] = process.argv.slice(2)
const { values } = parseArgs({
  args: options,
  options: { port: { type: 'string', short: 'p' }, hostname: { type: 'string', short: 'H' } },
  strict: false,
})

const isDev = mode === 'dev'
const given = { ...process.env }
if (!isDev) process.env.NODE_ENV ||= 'production'
try {
  if (mode !== 'standalone') ensureSecrets(isDev)
} catch (error) {
  fail(error.message)
}
nextEnv.loadEnvConfig(process.cwd(), isDev, { info: () => {}, error: console.error })

if (typeof values.port === 'string') process.env.PORT = values.port
const hostname = values.hostname ?? listenHostname(process.env)
if (!isDev) await prepare({ port: Number(process.env.PORT || 3000), hostname })
else unloadEnvFiles()

if (mode === 'standalone') {
  if (hostname !== undefined) process.env.HOSTNAME = hostname
  await import(resolve('server.js'))
} else {
  const require = createRequire(import.meta.url)
  const next = require.resolve('next/dist/bin/next')
  const added = hostname === undefined || values.hostname ? [] : ['--hostname', hostname]
  process.argv = [process.argv[0], next, mode, ...options, ...added]
  // Not imported: it has no extension, and Node before 20.10 imports no such file.
  require(next)
}

/** Makes the built server check its configuration and open its database. Exits with 1 if it cannot serve. */
async function prepare(address) {
  if (!existsSync('.next/BUILD_ID')) fail('there is no build. Run `npm run build` first')
  await createRequire(import.meta.url)(resolve('.next/server/instrumentation.js')).prepare(address)
}

function fail(reason) {
  console.error(`Rekindle cannot start: ${reason}`)
  process.exit(1)
}

/** Removes the variables that `.env` files set. `next dev` reads the files itself, and again when they change. */
function unloadEnvFiles() {
  for (const name of Object.keys(process.env)) {
    if (!(name in given) && name !== 'PORT') delete process.env[name]
  }
}
