import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '@/testing/free-port.mjs'

/** How a server under test is started. */
export interface ServerOptions {
  /** The arguments of `node`, given the port to listen on. */
  readonly args: (port: number) => readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** A path that answers anything but a 5xx once the server is ready. */
  readonly ready: string
  /** Loads a probe, so that `memory` and `profile` can be called. */
  readonly probe?: boolean
}

/** What the probe of a server reports after a forced collection. */
export interface ProcessMemory {
  /** Bytes of heap in use. */
  readonly heap: number
  /** Open handles and pending requests of the event loop, such as sockets and timers. */
  readonly handles: number
}

/** A server under test, in a process group of its own. */
export interface BenchServer {
  readonly port: number
  /** Milliseconds from its start until it answered. */
  readonly startMs: number
  /** Seconds of CPU that its processes have used so far. */
  cpuSeconds(): number
  /** Bytes of memory that its processes hold. */
  residentBytes(): number
  /** Rejects if the server was started without a probe. */
  memory(): Promise<ProcessMemory>
  /** Writes a CPU profile of what the server does during `work` to the file. Rejects without a probe. */
  profile(file: string, work: () => Promise<unknown>): Promise<void>
  /** Stops its processes from running, until `wake`. */
  freeze(): void
  wake(): void
  stop(): Promise<void>
}

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url))
/** The environment of this program before it was changed. */
const ENVIRONMENT = { ...process.env }
const PAGE_BYTES = 4096
const TICKS_PER_SECOND = 100

const groups = new Set<number>()
process.once('exit', () => {
  for (const group of groups) signal(group, 'SIGKILL')
})
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(name, () => process.exit(130))

/** Starts a server on a free port, and waits until it is ready. Throws if it ends before. */
export async function startServer({
  args,
  cwd,
  env,
  ready,
  probe,
}: ServerOptions): Promise<BenchServer> {
  const port = await findFreePort()
  const from = performance.now()
  const child = spawn(process.execPath, args(port), {
    cwd,
    detached: true,
    env: {
      ...ENVIRONMENT,
      ...env,
      PORT: String(port),
      ...(probe ? { NODE_OPTIONS: `--expose-gc --import ${PROBE}` } : {}),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const group = child.pid
  if (group === undefined) throw new Error(`${cwd}: the server could not be started`)
  groups.add(group)
  const ask = (message: { ask: string; file?: string }) =>
    new Promise((resolve, reject) => {
      if (!probe) reject(new Error('the server has no probe'))
      child.once('message', resolve)
      child.send(message)
    })
  await untilReady(`http://127.0.0.1:${port}${ready}`, child)
  return {
    port,
    startMs: performance.now() - from,
    cpuSeconds: () => sumOf(group, ([user, system]) => (user + system) / TICKS_PER_SECOND),
    residentBytes: () => sumOf(group, ([, , pages]) => pages * PAGE_BYTES),
    memory: async () => (await ask({ ask: 'memory' })) as ProcessMemory,
    async profile(file, work) {
      await ask({ ask: 'startProfile' })
      await work()
      await ask({ ask: 'stopProfile', file })
    },
    freeze: () => signal(group, 'SIGSTOP'),
    wake: () => signal(group, 'SIGCONT'),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        signal(group, 'SIGKILL')
        groups.delete(group)
      }),
  }
}

/** Starts the production build of a Next.js app. `next` is the folder that holds its packages. */
export function startNext(
  cwd: string,
  env: Record<string, string>,
  { ready, packages = '.', probe = false }: { ready: string; packages?: string; probe?: boolean },
): Promise<BenchServer> {
  const program = `${packages}/node_modules/next/dist/bin/next`
  return startServer({
    args: (port) => [program, 'start', '-p', String(port), '-H', '127.0.0.1'],
    cwd,
    env,
    ready,
    probe,
  })
}

/** Adds up a value of each process of the group: ticks of CPU in user and system mode, and pages of memory. */
function sumOf(
  group: number,
  value: (fields: [user: number, system: number, pages: number]) => number,
): number {
  let sum = 0
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const fields = statOf(entry)
    // Fields 5, 14, 15 and 24 of proc(5), of which the first two precede this list.
    if (Number(fields[2]) !== group) continue
    sum += value([Number(fields[11]), Number(fields[12]), Number(fields[21])])
  }
  return sum
}

function statOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  } catch {
    // It has ended since it was listed.
    return []
  }
}

function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name)
  } catch {
    // It has ended.
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    const status = await fetch(url, { redirect: 'manual' }).then(
      (answer) => answer.status,
      () => 599,
    )
    if (status < 500) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
