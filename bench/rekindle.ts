import { join, resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { buildContracts } from './builds'
import type { BenchContext } from './context'
import { rekindleEnvironment } from './jars'
import { type BenchServer, startNext, startServer } from './server'

export type EngineName = 'sqlite' | 'postgres'

/** A running Rekindle. */
export interface RekindleServer {
  readonly name: string
  readonly server: BenchServer
  readonly env: Record<string, string>
  /** Counts the rotations of all sessions. */
  readonly counted: () => Promise<number>
}

const NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL' }

/** Starts the production build on each of these engines, with a new database. */
export async function rekindleServers(
  context: BenchContext,
  engines: readonly EngineName[],
  probe = false,
): Promise<RekindleServer[]> {
  const servers: RekindleServer[] = []
  for (const engine of engines) {
    const { env, counted } = await newDatabase(context, engine)
    const options = { ready: '/api/health/ready', probe }
    const server = await startNext(context.build('product'), env, options)
    servers.push({ name: `Rekindle, ${NAMES[engine]}`, server, env, counted })
  }
  return servers
}

/** Starts the contracts from plain Node, with a new database. */
export async function contractsServer(
  context: BenchContext,
  engine: EngineName,
  { processes = 1, probe = false }: { processes?: number; probe?: boolean } = {},
): Promise<RekindleServer> {
  const { env, counted } = await newDatabase(context, engine)
  const server = await startContracts(env, { processes, probe })
  const many = processes === 1 ? '' : `, ${processes} processes`
  return { name: `Rekindle without Next, ${NAMES[engine]}${many}`, server, env, counted }
}

/** Starts the contracts from plain Node on the database that this environment names. They are built at the first call. */
export function startContracts(
  env: Record<string, string>,
  { processes = 1, probe = false }: { processes?: number; probe?: boolean } = {},
): Promise<BenchServer> {
  buildContracts()
  return startServer({
    args: (port) => [
      '--conditions=react-server',
      'scripts/contracts-server/start.mjs',
      ...['-p', String(port), '--processes', String(processes)],
    ],
    cwd: resolve('.'),
    env,
    ready: '/api/health/ready',
    probe,
  })
}

let databases = 0

async function newDatabase({ folder, postgres }: BenchContext, engine: EngineName) {
  if (engine === 'sqlite') {
    const file = join(folder, `rekindle-${++databases}.db`)
    return { env: rekindleEnvironment(`file:${file}`), counted: async () => sqliteRotations(file) }
  }
  const url = await (await postgres()).createDatabase()
  return { env: rekindleEnvironment(url), counted: () => postgresRotations(url) }
}

export function sqliteRotations(file: string): number {
  const database = new Sqlite(file, { readonly: true })
  try {
    return database.prepare('SELECT sum(generation) FROM sessions').pluck().get() as number
  } finally {
    database.close()
  }
}

async function postgresRotations(url: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query('SELECT sum(generation)::int AS rotations FROM sessions')
    return rows[0].rotations
  } finally {
    await client.end()
  }
}
