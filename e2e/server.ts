import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProxy, type TestProxy } from './proxy'
import { openRows, REGISTRATION_AGENT, type Rows } from './rows'

const READY_WITHIN_MS = 20_000

/** A confidential client that every server here knows. */
export const OAUTH_CLIENT = { id: 'api', secret: 'the-secret-of-the-api-with-32-characters' }
/** Another origin, whose pages may call the contracts' routes of every server here. */
export const OTHER_ORIGIN = 'https://other.example'

export interface User {
  readonly name: string
  readonly password: string
}

export interface ServerOptions {
  /** Over the short lifetimes that all servers have here. */
  readonly env?: Readonly<Record<string, string>>
  readonly port?: number
}

/** A production server on a port and a database of its own: browser → `front` → server → `inner` → its refresh route. */
export interface AppServer {
  /** What the browser uses: the front proxy's, unless `APP_ORIGIN` says otherwise. */
  readonly origin: string
  readonly port: number
  /** Between the browser and the server. */
  readonly front: TestProxy
  /** Between middleware and the refresh route. */
  readonly inner: TestProxy
  readonly rows: Rows
  /** The SQLite file, for what a test does behind the server's back. */
  readonly databaseFile: string
  /** All that the server has printed. */
  readonly output: () => string
  /** Makes a new user, with no live session. */
  register(name?: string): Promise<User>
  /** Ends the process at once, as `kill -9` does. Port and database stay. */
  kill(): Promise<void>
  /** Starts the process again after `kill`, with other variables where given, and waits until it is ready. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>
  /** Ends everything and removes the database. */
  stop(): Promise<void>
}

export async function startAppServer({ env = {}, port }: ServerOptions = {}): Promise<AppServer> {
  const ownPort = port ?? (await findFreePort())
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-e2e-'))
  const [front, inner] = await Promise.all([openProxy(ownPort), openProxy(ownPort)])
  const databaseFile = join(directory, 'rekindle.db')
  const rows = openRows(databaseFile)
  const variables = {
    APP_ORIGIN: front.origin,
    INTERNAL_ORIGIN: inner.origin,
    DATABASE_URL: `file:${databaseFile}`,
    ACCESS_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    REFRESH_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    ACCESS_TOKEN_TTL: '4s',
    REFRESH_GRACE: '1s',
    SIGN_IN_LIMIT: '100000/1m',
    OAUTH_CLIENTS: `${OAUTH_CLIENT.id}:${OAUTH_CLIENT.secret}`,
    CORS_ORIGINS: OTHER_ORIGIN,
    REGISTRATION: 'open',
    ...env,
  }
  let output = ''
  let child: ChildProcess | undefined

  async function launch(changed: Readonly<Record<string, string>>): Promise<void> {
    const launched = spawnServer(ownPort, { ...variables, ...changed })
    child = launched
    for (const stream of [launched.stdout, launched.stderr]) {
      stream?.on('data', (chunk) => {
        output += chunk
      })
    }
    await untilReady(ownPort, launched).catch((error: Error) => {
      throw new Error(`${error.message}\n${output}`)
    })
  }

  async function kill(): Promise<void> {
    if (child) await killGroup(child)
    child = undefined
  }

  const server: AppServer = {
    origin: variables.APP_ORIGIN,
    port: ownPort,
    front,
    inner,
    rows,
    databaseFile,
    output: () => output,
    register: (name) => register(ownPort, variables.APP_ORIGIN, name),
    kill,
    restart: (changed = {}) => launch(changed),
    async stop() {
      rows.close()
      await Promise.all([kill(), front.close(), inner.close()])
      await rm(directory, { recursive: true, force: true })
    },
  }
  try {
    await launch({})
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

/** The variables that a developer's own `.env.local` may set: empty counts as not given. */
const NOT_GIVEN = {
  ACCESS_TOKEN_ALG: '',
  ACCESS_TOKEN_KEYS: '',
  CONTRACTS: '',
  COOKIE_SAMESITE: '',
  LOG_LEVEL: '',
  METRICS_TOKEN: '',
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
  REFRESH_LEEWAY: '',
  REFRESH_TOKEN_TTL: '',
  SESSION_TTL: '',
  TOKEN_AUDIENCE: '',
  TOKEN_ISSUER: '',
  TRUSTED_PROXY_HOPS: '',
}

function spawnServer(port: number, variables: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(
    process.execPath,
    ['node_modules/next/dist/bin/next', 'start', '-p', String(port), '-H', '127.0.0.1'],
    {
      env: {
        PATH,
        HOME,
        NODE_ENV: 'production',
        NEXT_TELEMETRY_DISABLED: '1',
        PORT: String(port),
        ...NOT_GIVEN,
        ...variables,
      },
      // A group of its own, so that whatever it starts ends with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const endWithUs = () => endGroup(child)
  process.once('exit', endWithUs)
  child.once('exit', () => process.off('exit', endWithUs))
  return child
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has ended already.
  }
}

async function killGroup(child: ChildProcess): Promise<void> {
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const ended = new Promise<void>((resolve) => {
    if (isOver()) resolve()
    else child.once('exit', () => resolve())
  })
  endGroup(child)
  await ended
}

async function untilReady(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`)
    const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The server was not ready in time')
}

/** Below the range that the system gives to outgoing connections, so that a port stays free over a restart. */
async function findFreePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
    })
    if (isFree) return port
  }
}

async function register(port: number, appOrigin: string, name = uniqueName()): Promise<User> {
  const user = { name, password: randomBytes(12).toString('base64url') }
  const post = async (path: string, body: unknown, cookie = '') => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': REGISTRATION_AGENT,
        origin: appOrigin,
        cookie,
      },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    await answer.body?.cancel()
    return answer.headers.getSetCookie().map((line) => line.split(';', 1)[0])
  }
  const cookies = await post('/api/auth/register', { username: name, password: user.password })
  await post('/api/auth/logout', {}, cookies.join('; '))
  return user
}

function uniqueName(): string {
  return `u-${randomBytes(6).toString('hex')}`
}
