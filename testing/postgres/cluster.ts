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
/** Not a secret: the server listens on the loopback interface only, for as long as a test takes. */
const PASSWORD = 'loopback-only'

/** How a server is started. */
export interface ClusterOptions {
  /** Keeps the data on a disk and syncs it, for benches. No process can tell the difference, so tests do without. */
  readonly fsync?: boolean
  /** A copy that `Cluster.copy` made, to start from instead of an empty server. */
  readonly from?: string
  /** The port to listen on; by default a free one. */
  readonly port?: number
  /** Additional settings of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A real PostgreSQL server in its own directory. Both are removed when the process that started it ends. */
export interface Cluster {
  readonly port: number
  readonly dataDirectory: string
  /** The DATABASE_URL of a database, for the superuser. */
  url(database: string): string
  /** Creates an empty database and returns its URL. */
  createDatabase(): Promise<string>
  /** Drops a database, and closes the connections to it. */
  dropDatabase(url: string): Promise<void>
  /** Freezes every process of the server: connections stay open, and nothing answers. */
  pause(): void
  /** Ends a pause. */
  resume(): void
  /** Shuts the server down as an operator does (fast mode). Connections are closed. */
  stop(): Promise<void>
  /** Kills every process of the server at once. */
  kill9(): Promise<void>
  /** Starts the server again, on the same port and data, and waits until it answers. */
  start(): Promise<void>
  /** Copies the data as a power failure at this moment would leave it. Returns a directory, which `dispose` removes. */
  copy(): Promise<string>
  /** Everything that the server has logged. */
  log(): string
  /** Ends the server and removes its files. */
  dispose(): Promise<void>
}

/** Starts a server and waits until it answers. Throws an Error with its log if it does not start. */
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
    // Shared memory lies in the data directory, so that it is removed with it.
    dynamic_shared_memory_type: 'mmap',
    shared_buffers: '64MB',
    max_connections: '300',
    fsync: options.fsync ? 'on' : 'off',
    ...options.settings,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', dataDirectory, '-p', String(port), ...flags]
}
