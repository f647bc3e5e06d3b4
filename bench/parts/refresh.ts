import { join, resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import { buildPeer, installPeers, PEERS } from '../builds'
import type { BenchContext } from '../context'
import { makeJars, pageWith, refreshGrants, rotating } from '../jars'
import type { LoadRequest } from '../load'
import { run } from '../peers'
import { contractsServer, type RekindleServer, rekindleServers } from '../rekindle'
import { type Measured, measureRounds, roundsOf, type Variant } from '../rounds'
import { type BenchServer, startNext, startServer } from '../server'
import { ratio } from '../statistics'

const NEXT = { sqlite: 'Rekindle, SQLite', postgres: 'Rekindle, PostgreSQL' }
const PLAIN = 'Rekindle without Next, SQLite'
const [ONE, TWO] = [
  'Rekindle without Next, PostgreSQL',
  'Rekindle without Next, PostgreSQL, 2 processes',
]
const [STATEMENT, STATEMENT_TWICE] = ['one statement', 'one statement, 2 processes']
const CONSTANT = 'constant JSON in Next'
const BETTER_AUTH = 'better-auth in Next'
const OIDC = 'oidc-provider'
const OAUTH2 = 'oauth2-server'

/** Measures refreshes, each of a session of its own and counted in the database, beside a route that returns a constant. */
export async function measureRefreshes(context: BenchContext): Promise<void> {
  const { options, report, folder } = context
  const rounds = roundsOf(options)
  installPeers()
  const variants: Variant[] = []
  const servers: BenchServer[] = []
  const add = (
    name: string,
    server: BenchServer,
    next: (index: number) => LoadRequest,
    count?: () => number | Promise<number>,
  ) => {
    server.freeze()
    servers.push(server)
    variants.push({ name, server, next, ...(count ? { count } : {}) })
  }
  const addRekindle = async ({ name, server, env, counted }: RekindleServer) => {
    const jars = await makeJars(rounds.perRound, env)
    add(name, server, rotating(jars, 'POST', '/api/auth/refresh'), counted)
  }
  const key = join(folder, 'oidc-key.json')
  try {
    const bare = await startNext(buildPeer('bare'), {}, { ready: '/bench', packages: '../..' })
    add(CONSTANT, bare, () => ({ method: 'POST', path: '/api/constant' }))
    for (const server of await rekindleServers(context, ['sqlite', 'postgres'])) {
      await addRekindle(server)
    }
    for (const [engine, processes] of [
      ['sqlite', 1],
      ['postgres', 1],
      ['postgres', 2],
    ] as const) {
      await addRekindle(await contractsServer(context, engine, { processes }))
    }
    for (const [name, processes] of [
      [STATEMENT, 1],
      [STATEMENT_TWICE, 2],
    ] as const) {
      add(name, await startStatement(context, processes), () => ({ method: 'POST', path: '/' }))
    }

    const sessions = join(folder, 'better-auth-refresh.db')
    const env = { DATABASE_FILE: sessions, REFRESH_ALWAYS: '1' }
    const app = buildPeer('better-auth')
    const cookies = run<string[]>(['jars/better-auth.mjs', String(rounds.perRound)], env)
    const reading = pageWith(cookies, '/api/auth/get-session')
    const betterAuth = await startNext(app, env, { ready: '/api/none', packages: '../..' })
    add(BETTER_AUTH, betterAuth, reading, countChanges(sessions))

    for (const [name, idTokens] of [
      [OIDC, '0'],
      [`${OIDC}, with an ID token`, '1'],
    ] as const) {
      const file = join(folder, `oidc-${idTokens}.db`)
      const settings = { DATABASE_FILE: file, KEY_FILE: key, ID_TOKENS: idTokens }
      const { server, tokens } = await startPlain('oidc-provider', settings, rounds.perRound)
      const count = `SELECT count(*) FROM models WHERE model = 'RefreshToken' AND consumed_at IS NOT NULL`
      add(name, server, refreshGrants(tokens, '/token'), () => select(file, count))
    }
    const file = join(folder, 'oauth2.db')
    const { server, tokens } = await startPlain(
      'oauth2-server',
      { DATABASE_FILE: file },
      rounds.perRound,
    )
    const count = 'SELECT count(*) FROM tokens WHERE revoked_at IS NOT NULL'
    add(OAUTH2, server, refreshGrants(tokens, '/token'), () => select(file, count))

    const results = await measureRounds(variants, rounds)
    report.rounds(results)
    compare(results, report)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

function compare(results: ReadonlyMap<string, Measured>, report: BenchContext['report']): void {
  const speed = (name: string) => results.get(name)?.requestsPerSecond ?? []
  const cpu = (name: string) => results.get(name)?.cpuMs ?? []
  const inNext = speed(NEXT.sqlite)
  report.check('refresh in Next / constant JSON', ratio(inNext, speed(CONSTANT)), '>=', 0.75)
  report.check("refresh in Next / better-auth's", ratio(inNext, speed(BETTER_AUTH)), '>=', 2.2)
  report.check('without Next / oidc-provider', ratio(speed(PLAIN), speed(OIDC)), '>=', 3)
  report.check('without Next / oauth2-server', ratio(speed(PLAIN), speed(OAUTH2)), '>=', 1.2)
  report.check('CPU, two processes / one', ratio(cpu(TWO), cpu(ONE)), '<=', 1.15)
  const floor = ratio(cpu(STATEMENT_TWICE), cpu(STATEMENT))
  report.value('two processes / one', 'CPU of a server that only runs a statement', '×', floor)
  // The load is made on the same machine, so the fastest servers may wait for it. Their CPU does not.
  for (const [own, other] of [
    [NEXT.sqlite, CONSTANT],
    [NEXT.sqlite, BETTER_AUTH],
    [PLAIN, OIDC],
    [PLAIN, `${OIDC}, with an ID token`],
    [PLAIN, OAUTH2],
    [NEXT.sqlite, NEXT.postgres],
  ] as const) {
    const by = `${own} / ${other}`
    report.value(by, 'ratio of speeds', '×', ratio(speed(own), speed(other)))
    report.value(by, 'ratio by CPU', '×', ratio(cpu(other), cpu(own)))
  }
}

/** Starts a server that answers each request after one statement on PostgreSQL, and does nothing else. */
async function startStatement({ postgres }: BenchContext, processes: number) {
  const url = await (await postgres()).createDatabase()
  return startServer({
    args: (port) => ['bench/one-statement.mjs', String(port), String(processes)],
    cwd: resolve('.'),
    env: { DATABASE_URL: url },
    ready: '/',
  })
}

/** Seeds and starts a server of `bench/peers/servers`. */
async function startPlain(name: string, env: Record<string, string>, sessions: number) {
  const program = `servers/${name}.mjs`
  const tokens = run<string[]>([program, 'seed', String(sessions)], env)
  const args = () => [program]
  const server = await startServer({
    args,
    cwd: PEERS,
    env: { NODE_ENV: 'production', ...env },
    ready: '/',
  })
  return { server, tokens }
}

/** Counts the changes of better-auth's sessions, which no column counts: each row that differs since the call before is one. */
function countChanges(file: string): () => number {
  const known = new Map<string, string>()
  let changes = 0
  return () => {
    const database = new Sqlite(file, { readonly: true })
    const rows = database.prepare<[], Record<string, unknown>>('SELECT * FROM session').all()
    database.close()
    for (const row of rows) {
      const [id, text] = [String(row.id), JSON.stringify(row)]
      if (known.has(id) && known.get(id) !== text) changes += 1
      known.set(id, text)
    }
    return changes
  }
}

function select(file: string, query: string): number {
  const database = new Sqlite(file, { readonly: true })
  try {
    return database.prepare(query).pluck().get() as number
  } finally {
    database.close()
  }
}
