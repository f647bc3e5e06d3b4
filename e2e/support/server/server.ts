import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@/testing/free-port.mjs'
import type { PersonWithPassword } from '@/testing/kit/endpoint'
import { createKit, type Kit } from '@/testing/kit/kit'
import { openProxy, type TestProxy } from '@/testing/kit/proxy'
import { type AppProcess, appProcess, type Gate, OWN_GATE, type Variables } from './process'
import { openRows, type Rows } from './rows'
import { openSql, type Sql } from './sql'

/** The confidential OAuth client of every server here. */
export const OAUTH_CLIENT = { id: 'api', secret: 'the-secret-of-the-api-with-32-characters' }
/** The public OAuth client of every server here. */
export const PUBLIC_CLIENT = 'phone'
/** An origin that CORS allows to call the contract routes of every server here. */
export const OTHER_ORIGIN = 'https://other.example'

export type User = PersonWithPassword

export interface ServerOptions {
  /** Environment variables over `testVariables`. */
  readonly env?: Variables
  readonly port?: number
  /** The default is that of this tree. */
  readonly gate?: Gate
}

/** A production server with its own port and database: browser → `front` → server → `inner` → refresh route. */
export interface AppServer {
  /** The origin for browsers: the front proxy's, unless `APP_ORIGIN` is set. */
  readonly origin: string
  /** The port for programs, without TLS and without the proxies. */
  readonly port: number
  /** The port of the server of the contracts, without nginx where that stands in front of two programs. */
  readonly contractsPort: number
  /** The origin without the front proxy. */
  readonly direct: string
  /** The proxy between the browser and the server. */
  readonly front: TestProxy
  /** The proxy between middleware and the refresh route. Nothing passes it if the gate is in process. */
  readonly inner: TestProxy
  readonly gate: Gate
  /** The ids of the processes that were started last. */
  readonly pids: () => readonly number[]
  /** Puts browsers into any state of a session at this server. */
  readonly kit: Kit
  readonly rows: Rows
  readonly databaseUrl: string
  /** The database, for changes that a test makes beside the server. */
  readonly sql: Sql
  /** The secrets that another server needs to share these sessions. */
  readonly secrets: Readonly<Record<'ACCESS_TOKEN_SECRET' | 'REFRESH_TOKEN_SECRET', string>>
  /** Everything the server has printed. */
  readonly output: () => string
  /** Registers a new user, with no live session. */
  register(name?: string): Promise<User>
  /** Ends the process at once, as `kill -9` does. It keeps its port and database. */
  kill(): Promise<void>
  /** Sends a signal, as an operator's `kill` does. */
  signal(name: 'SIGTERM' | 'SIGINT'): void
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  ended(): Promise<number | string>
  /** Starts the process again after `kill`, with the given variables changed. Resolves when it is ready. */
  restart(env?: Variables): Promise<void>
  /** Ends everything and removes the database. */
  stop(): Promise<void>
}

export async function startAppServer({
  env = {},
  port,
  gate = OWN_GATE,
}: ServerOptions = {}): Promise<AppServer> {
  const ownPort = port ?? (await findFreePort())
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-e2e-'))
  const [front, inner] = await Promise.all([openProxy(ownPort), openProxy(ownPort)])
  const variables = {
    ...testVariables(front.origin, `file:${join(directory, 'rekindle.db')}`),
    INTERNAL_ORIGIN: inner.origin,
    ...env,
  }
  const machines = [appProcess(ownPort, variables, { gate })]
  const cleanUp = () => rm(directory, { recursive: true, force: true })
  const direct = `http://127.0.0.1:${ownPort}`
  return serve({ port: ownPort, direct, front, inner, gate, variables, machines, cleanUp })
}

/** Lifetimes short enough to wait for, for what only a browser's own clock can show. */
export const SHORT_LIVES = { ACCESS_TOKEN_TTL: '10s', REFRESH_GRACE: '1s', REFRESH_LEEWAY: '1s' }

/** The environment of every server here: secrets, default lifetimes, and long timeouts for a slow machine. */
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
    TESTING: '1',
  }
}

/** What so many trusted proxies would add to a request from this machine. */
function headersOfProxies(hops: number): Record<string, string> {
  if (hops === 0) return {}
  const each = (value: string) => Array(hops).fill(value).join(', ')
  return { 'x-forwarded-for': each('127.0.0.1'), 'x-forwarded-host': each('localhost') }
}

interface Served extends Pick<AppServer, 'port' | 'direct' | 'front' | 'inner'> {
  readonly gate?: Gate
  readonly variables: AppServer['secrets'] & {
    readonly APP_ORIGIN: string
    readonly DATABASE_URL: string
    readonly TRUSTED_PROXY_HOPS?: string
  }
  /** All processes that serve this origin from this database. */
  readonly machines: readonly AppProcess[]
  readonly cleanUp: () => Promise<void>
  /** Like `port`, if it is not given. */
  readonly contractsPort?: number
}

/** Starts the machines and returns them as one server. */
export async function serve(served: Served): Promise<AppServer> {
  const { port, direct, front, inner, gate = OWN_GATE, variables, machines, cleanUp } = served
  const { contractsPort = port } = served
  const { APP_ORIGIN: origin, DATABASE_URL: databaseUrl } = variables
  const sql = openSql(databaseUrl)
  const kit = createKit({
    origin,
    endpoint: `http://127.0.0.1:${port}`,
    headers: headersOfProxies(Number(variables.TRUSTED_PROXY_HOPS ?? 0)),
    nameOnPage: '[data-testid="whoami-page"]',
  })
  const each = async (act: (machine: AppProcess) => Promise<void>) => {
    await Promise.all(machines.map(act))
  }
  const kill = () => each((machine) => machine.kill())
  const server: AppServer = {
    origin,
    port,
    contractsPort,
    direct,
    front,
    inner,
    gate,
    pids: () => machines.map(({ pid }) => pid),
    kit,
    rows: openRows(sql),
    databaseUrl,
    sql,
    secrets: {
      ACCESS_TOKEN_SECRET: variables.ACCESS_TOKEN_SECRET,
      REFRESH_TOKEN_SECRET: variables.REFRESH_TOKEN_SECRET,
    },
    output: () => machines.map((machine) => machine.output()).join(''),
    register: (name) => kit.newUser({ password: true, ...(name === undefined ? {} : { name }) }),
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
