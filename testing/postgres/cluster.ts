import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { findFreePort } from '../free-port.mjs'
import { findBinaries, serverOwner } from './binaries'
import { copyData, initialise, makeDirectory } from './data-directory'
import { killCluster, signalCluster, signalPostmaster } from './processes.mjs'

const WATCHDOG = fileURLToPath(new URL('./watchdog.mjs', import.meta.url))
const USER = 'rekindle'
/** No secret: the server listens on the loopback interface alone, for as long as a test takes. */
const PASSWORD = 'loopback-only'

export interface ClusterOptions {
  /** On a disk, and synced: for measurements. No process can tell, so tests do without. */
  readonly fsync?: boolean
  /** A copy that `Cluster.copy` made, to start from instead of an empty server. */
  readonly from?: string
  readonly port?: number
  /** More of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A real PostgreSQL server in a directory of its own. It and the directory go with the process that started it. */
export interface Cluster {
  readonly port: number
  readonly dataDirectory: string
  /** The superuser's DATABASE_URL of a database. */
  url(database: string): string
  /** Makes an empty database and returns its URL. */
  createDatabase(): Promise<string>
  dropDatabase(url: string): Promise<void>
  /** Freezes every process of it: connections stay open, and nothing answers. */
  pause(): void
  resume(): void
  /** Ends it in order, as an operator does. Connections are cut. */
  stop(): Promise<void>
  /** Kills every process of it at once. */
  kill9(): Promise<void>
  /** Starts it again, on the same port and data, and waits until it answers. */
  start(): Promise<void>
  /** The directory of a copy, as a power failure at this moment would leave it. It goes with this cluster. */
  copy(): Promise<string>
  /** Everything that it has logged. */
  log(): string
  /** Ends it and leaves nothing behind. */
  dispose(): Promise<void>
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const owner = serverOwner()
  const directory = await makeDirectory(owner, options.fsync === true)
  const watchdog = watch(directory)
  const dataDirectory = join(directory, 'data')
  const binaries = await findBinaries(owner, directory)
  if (options.from) await copyData(options.from, dataDirectory)
  else await initialise(binaries, owner, directory, { user: USER, password: PASSWORD })
  const port = options.port ?? (await findFreePort())

  let server: ChildProcess
  let log = ''
  const start = async () => {
    server = spawn(binaries.postgres, serverArguments(dataDirectory, port, options), {
      ...owner,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const from = log.length
    await new Promise<void>((resolve, reject) => {
      server.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log += text
        if (log.includes('ready to accept connections', from)) resolve()
      })
      server.once('error', reject)
      server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log.slice(from)}`)))
    })
    server.unref()
    // @ts-expect-error a socket, though the types call it a stream
    server.stderr?.unref()
  }
  const ended = async (send: () => unknown) => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exit = once(server, 'exit')
    server.ref()
    await Promise.all([exit, send()])
  }
  const url = (database: string) =>
    `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${database}?sslmode=disable`
  const administer = async (statement: string) => {
    const client = new pg.Client(url('postgres'))
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  let copies = 0
  await start()

  return {
    port,
    dataDirectory,
    url,
    async createDatabase() {
      const name = `test_${randomBytes(8).toString('hex')}`
      await administer(`CREATE DATABASE ${name}`)
      return url(name)
    },
    dropDatabase: (of) => administer(`DROP DATABASE ${new URL(of).pathname.slice(1)} WITH (FORCE)`),
    pause: () => signalCluster(dataDirectory, 'SIGSTOP'),
    resume: () => signalCluster(dataDirectory, 'SIGCONT'),
    stop: () => ended(() => signalPostmaster(dataDirectory, 'SIGINT')),
    kill9: () => ended(() => killCluster(dataDirectory)),
    start,
    async copy() {
      const to = join(directory, `copy-${++copies}`)
      signalCluster(dataDirectory, 'SIGSTOP')
      try {
        await copyData(dataDirectory, to)
      } finally {
        signalCluster(dataDirectory, 'SIGCONT')
      }
      return to
    },
    log: () => log,
    async dispose() {
      const gone = once(watchdog, 'exit')
      watchdog.ref()
      watchdog.stdin?.end()
      await gone
    },
  }
}

function watch(directory: string): ChildProcess {
  const watchdog = spawn(process.execPath, [WATCHDOG, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watchdog.unref()
  // @ts-expect-error a socket, though the types call it a stream
  watchdog.stdin?.unref()
  return watchdog
}

function serverArguments(dataDirectory: string, port: number, options: ClusterOptions): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // In the data directory, so that it goes with it.
    dynamic_shared_memory_type: 'mmap',
    shared_buffers: '64MB',
    max_connections: '300',
    fsync: options.fsync ? 'on' : 'off',
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', dataDirectory, '-p', String(port), ...flags]
}
