import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../free-port.mjs'
import { serverOwner } from './binaries'
import type { Cluster } from './cluster'

/** Debian's pgbouncer in front of a server, in transaction mode: a connection changes clients after each transaction. */
export interface Pooler {
  readonly port: number
  /** The URL that reaches the database of `url` through the pooler. */
  url(url: string): string
  /** Ends the pooler and removes its files. */
  dispose(): Promise<void>
}

/** Starts a pooler with at most `connections` to each database. It ends when the process that started it ends. */
export async function startPooler(
  { port: serverPort, url }: Pick<Cluster, 'port' | 'url'>,
  connections: number,
): Promise<Pooler> {
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-pooler-'))
  const port = await findFreePort()
  const { username, password } = new URL(url('postgres'))
  const users = join(directory, 'users')
  const settings = join(directory, 'pgbouncer.ini')
  await writeFile(users, `"${username}" "${password}"\n`)
  await writeFile(
    settings,
    `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${connections}
`,
  )
  const owner = serverOwner()
  const { uid, gid } = owner
  if (uid !== undefined && gid !== undefined) {
    for (const path of [directory, users, settings]) await chown(path, uid, gid)
  }
  // The shell's `read` returns when this process ends, however that happens, because its standard input then closes.
  const script =
    'PATH=$PATH:/usr/sbin; pgbouncer "$0/pgbouncer.ini" & read _; kill -9 $!; rm -rf "$0"'
  const shell = spawn('sh', ['-c', script, directory], {
    ...owner,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    shell.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (log.includes('process up')) resolve()
      if (/FATAL|not found/.test(log)) reject(new Error(`pgbouncer did not start:\n${log}`))
    })
    shell.once('error', reject)
  })
  return {
    port,
    url: (of) => of.replace(`:${serverPort}/`, `:${port}/`),
    async dispose() {
      const gone = once(shell, 'exit')
      shell.stdin.end()
      await gone
      await rm(directory, { recursive: true, force: true })
    },
  }
}
