import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { gateFile } from '@/scripts/support/gate-file.mjs'

const READY_WITHIN_MS = 300_000

export type Variables = Readonly<Record<string, string>>

/** Where the gate runs: as middleware on the Edge, or as `proxy.ts` in the process of the server. */
export type Gate = 'edge' | 'in-process'

/** The gate of this tree. */
export const OWN_GATE: Gate = gateFile() === 'proxy.ts' ? 'in-process' : 'edge'

/** The folder of the build with that gate: this one, or the copy that `npm run build:in-process` makes. */
export function buildOf(gate: Gate): string {
  return gate === OWN_GATE ? '.' : '.in-process'
}

/** A production server in its own process. */
export interface AppProcess {
  readonly port: number
  /** The id of the running process. Throws if none was started. */
  readonly pid: number
  /** Everything the process has printed. */
  output(): string
  /** Starts the process, or starts it again after `kill`, with the given variables changed. Resolves when it is ready. */
  start(changed?: Variables): Promise<void>
  /** Ends the process at once, as `kill -9` does. It keeps its port for the next start. */
  kill(): Promise<void>
  /** Sends a signal, as an operator's `kill` does. */
  signal(name: 'SIGTERM' | 'SIGINT'): void
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  ended(): Promise<number | string>
  /** Asks the process to end, as a deployment does. Resolves when it has ended. */
  terminate(): Promise<void>
}

/** An app of Next.js that is not this one. */
export interface OtherApp {
  readonly folder: string
  /** A path that answers once the app is ready. */
  readonly readyPath: string
}

/**
 * Next.js, which serves everything, or plain Node, which serves the contracts alone and can share a port between processes.
 * `contracts` are more options of `npm run serve:contracts`.
 */
export type Program = { readonly gate: Gate } | { readonly contracts: readonly string[] } | OtherApp

/** A process that is not started yet. */
export function appProcess(
  port: number,
  variables: Variables,
  program: Program = { gate: OWN_GATE },
): AppProcess {
  let output = ''
  let child: ChildProcess | undefined

  return {
    port,
    get pid() {
      if (child?.pid === undefined) throw new Error('No process was started')
      return child.pid
    },
    output: () => output,
    async start(changed = {}) {
      const launched = spawnServer(port, { ...variables, ...changed }, program)
      child = launched
      for (const stream of [launched.stdout, launched.stderr]) {
        stream?.on('data', (chunk) => {
          output += chunk
        })
      }
      const path = 'readyPath' in program ? program.readyPath : '/api/health/ready'
      await untilReady(`http://127.0.0.1:${port}${path}`, launched).catch((error: Error) => {
        throw new Error(`${error.message}\n${output}`)
      })
    },
    async kill() {
      if (child) await killGroup(child)
      child = undefined
    },
    signal: (name) => void child?.kill(name),
    async ended() {
      const process = child
      if (!process) throw new Error('No process was started')
      await ended(process, () => {})
      return process.exitCode ?? process.signalCode ?? 'unknown'
    },
    async terminate() {
      if (child) await ended(child, () => child?.kill('SIGTERM'))
      child = undefined
    },
  }
}

/** Overrides what a developer's `.env.local` may set: an empty variable counts as unset. */
const NOT_GIVEN = {
  ACCESS_TOKEN_ALG: '',
  ACCESS_TOKEN_KEYS: '',
  ACCESS_TOKEN_TTL: '',
  CONTRACTS: '',
  CRON_SECRET: '',
  COOKIE_SAMESITE: '',
  DATABASE_POOL_SIZE: '',
  DATABASE_STATEMENTS: '',
  DATABASE_TIMEOUT: '',
  LAB: '',
  LOG_LEVEL: '',
  METRICS_TOKEN: '',
  OTEL_EXPORTER_OTLP_ENDPOINT: '',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
  REFRESH_GRACE: '',
  REFRESH_LEEWAY: '',
  REFRESH_TIMEOUT: '',
  REFRESH_TOKEN_TTL: '',
  SESSION_TTL: '',
  SHUTDOWN_DELAY: '',
  SHUTDOWN_TIMEOUT: '',
  TOKEN_AUDIENCE: '',
  TOKEN_ISSUER: '',
  TRUSTED_PROXY_HOPS: '',
}

const NEXT = 'node_modules/next/dist/bin/next'
/** As in package.json, so that a test starts what an operator starts. */
const CONTRACTS = [
  ...['--require=./scripts/node-floor.cjs', '--conditions=react-server'],
  'scripts/contracts-server/start.mjs',
]

function spawnServer(port: number, variables: Variables, program: Program): ChildProcess {
  const { PATH = '', HOME = '' } = process.env
  const command =
    'contracts' in program
      ? [...CONTRACTS, ...program.contracts]
      : [NEXT, 'start', ...('folder' in program ? [program.folder] : []), '-H', '127.0.0.1']
  const child = spawn(process.execPath, [...command, '-p', String(port)], {
    cwd: 'gate' in program ? buildOf(program.gate) : '.',
    env: {
      PATH,
      HOME,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      PORT: String(port),
      ...NOT_GIVEN,
      ...variables,
    },
    // A process group, so that its children can be killed with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const endWithUs = () => {
    endGroup(child)
    forgetClock(child)
  }
  process.once('exit', endWithUs)
  child.once('exit', () => {
    process.off('exit', endWithUs)
    forgetClock(child)
  })
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

/** Removes the shared memory that libfaketime leaves behind when its process is killed. */
function forgetClock({ pid }: ChildProcess): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) {
    rmSync(`/dev/shm/${name}`, { force: true })
  }
}

function killGroup(child: ChildProcess): Promise<void> {
  return ended(child, () => endGroup(child))
}

/** Calls `end` and resolves when the process has ended. */
export function ended(child: ChildProcess, end: () => void): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    end()
  })
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`)
    const answer = await fetch(url).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('The server was not ready in time')
}
