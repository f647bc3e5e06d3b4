import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@/testing/free-port.mjs'
import { openProxy, type TestProxy } from '../network/proxy'
import { type AppProcess, appProcess, type Variables } from './process'
import { openRows, REGISTRATION_AGENT, type Rows } from './rows'
import { openSql, type Sql } from './sql'

/** A confidential client that every server here knows. */
export const OAUTH_CLIENT = { id: 'api', secret: 'the-secret-of-the-api-with-32-characters' }
/** A public client that every server here knows. */
export const PUBLIC_CLIENT = 'phone'
/** Another origin, whose pages may call the contracts' routes of every server here. */
export const OTHER_ORIGIN = 'https://other.example'

export interface User {
  readonly name: string
  readonly password: string
}

export interface ServerOptions {
  /** Over what all servers here are started with. */
  readonly env?: Variables
  readonly port?: number
}

/** A production server on a port and a database of its own: browser → `front` → server → `inner` → its refresh route. */
export interface AppServer {
  /** What the browser uses: the front proxy's, unless `APP_ORIGIN` says otherwise. */
  readonly origin: string
  /** Where programs reach it without TLS and past the proxies. */
  readonly port: number
  /** What the browser would use without the front proxy. */
  readonly direct: string
  /** Between the browser and the server. */
  readonly front: TestProxy
  /** Between middleware and the refresh route. */
  readonly inner: TestProxy
  readonly rows: Rows
  readonly databaseUrl: string
  /** The database, for what a test does behind the server's back. */
  readonly sql: Sql
  /** What another server must be given to share its sessions. */
  readonly secrets: Readonly<Record<'ACCESS_TOKEN_SECRET' | 'REFRESH_TOKEN_SECRET', string>>
  /** All that the server has printed. */
  readonly output: () => string
  /** Makes a new user, with no live session. */
  register(name?: string): Promise<User>
  /** Ends the process at once, as `kill -9` does. Port and database stay. */
  kill(): Promise<void>
  /** Sends a signal, as an operator's `kill` does. */
  signal(name: 'SIGTERM' | 'SIGINT'): void
  /** Resolves with the process's exit code, or the signal that ended it, once it has ended. */
  ended(): Promise<number | string>
  /** Starts the process again after `kill`, with other variables where given, and waits until it is ready. */
  restart(env?: Variables): Promise<void>
  /** Ends everything and removes the database. */
  stop(): Promise<void>
}

export async function startAppServer({ env = {}, port }: ServerOptions = {}): Promise<AppServer> {
  const ownPort = port ?? (await findFreePort())
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-e2e-'))
  const [front, inner] = await Promise.all([openProxy(ownPort), openProxy(ownPort)])
  const variables = {
    ...testVariables(front.origin, `file:${join(directory, 'rekindle.db')}`),
    INTERNAL_ORIGIN: inner.origin,
    ...env,
  }
  const machines = [appProcess(ownPort, variables)]
  const cleanUp = () => rm(directory, { recursive: true, force: true })
  const direct = `http://127.0.0.1:${ownPort}`
  return serve({ port: ownPort, direct, front, inner, variables, machines, cleanUp })
}

/** Lifetimes that a test can wait for, where only a browser's own clock shows something. */
export const SHORT_LIVES = { ACCESS_TOKEN_TTL: '10s', REFRESH_GRACE: '1s', REFRESH_LEEWAY: '1s' }

/** What every server here is started with: its secrets, the product's lifetimes, and time for a machine that is slow. */
export function testVariables(origin: string, databaseUrl: string) {
  return {
    APP_ORIGIN: origin,
    DATABASE_URL: databaseUrl,
    ACCESS_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    REFRESH_TOKEN_SECRET: randomBytes(32).toString('base64url'),
    DATABASE_TIMEOUT: '30s',
    REFRESH_TIMEOUT: '120s',
    SIGN_IN_LIMIT: '100000/1m',
    ACCOUNT_SIGN_IN_LIMIT: '100000/1m',
    OAUTH_CLIENTS: `${OAUTH_CLIENT.id}:${OAUTH_CLIENT.secret},${PUBLIC_CLIENT}`,
    CORS_ORIGINS: OTHER_ORIGIN,
    REGISTRATION: 'open',
  }
}

interface Served extends Pick<AppServer, 'port' | 'direct' | 'front' | 'inner'> {
  readonly variables: AppServer['secrets'] & {
    readonly APP_ORIGIN: string
    readonly DATABASE_URL: string
  }
  /** What serves one origin from one database. */
  readonly machines: readonly AppProcess[]
  readonly cleanUp: () => Promise<void>
}

/** Starts the machines, and puts around them what a test works with. */
export async function serve(served: Served): Promise<AppServer> {
  const { port, direct, front, inner, variables, machines, cleanUp } = served
  const { APP_ORIGIN: origin, DATABASE_URL: databaseUrl } = variables
  const sql = openSql(databaseUrl)
  const each = async (act: (machine: AppProcess) => Promise<void>) => {
    await Promise.all(machines.map(act))
  }
  const kill = () => each((machine) => machine.kill())
  const server: AppServer = {
    origin,
    port,
    direct,
    front,
    inner,
    rows: openRows(sql),
    databaseUrl,
    sql,
    secrets: {
      ACCESS_TOKEN_SECRET: variables.ACCESS_TOKEN_SECRET,
      REFRESH_TOKEN_SECRET: variables.REFRESH_TOKEN_SECRET,
    },
    output: () => machines.map((machine) => machine.output()).join(''),
    register: (name) => register(port, origin, name),
    kill,
    signal(name) {
      for (const machine of machines) machine.signal(name)
    },
    ended: () => Promise.race(machines.map((machine) => machine.ended())),
    restart: (changed) => each((machine) => machine.start(changed)),
    async stop() {
      sql.close()
      await Promise.all([kill(), front.close(), inner.close()])
      await cleanUp()
    },
  }
  try {
    await server.restart()
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
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
