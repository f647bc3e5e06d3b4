import 'server-only'
import type { Server } from 'node:http'
import { type Server as ConnectionServer, connect, type Socket } from 'node:net'
import { constants } from 'node:os'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Config } from '@/config/read'
import { describeError } from '../http/error-description'
import { report } from '../telemetry/log'
import type { ActiveRequests } from './active-requests'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
export type Signal = (typeof SIGNALS)[number]

/** Ctrl-C may send SIGINT twice, from the terminal and from npm. Within this time, both count as one. */
const SAME_KEY_MS = 500
/** How long to wait for connections that the kernel has accepted, and for their first requests. */
const SETTLE_MS = 200
/** A turn of the event loop that takes no longer than this had nothing else to do. */
const IDLE_TURN_MS = 1
/** How long this process stands still at a time before its port is closed, and how often at most. */
const HOLD_MS = 10
const MAX_HOLDS = 40
/** Where a server is reached that listens on every address. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '::': '::1', '0.0.0.0': '127.0.0.1' }
/** How long collected spans may take to be sent. */
const FINISH_MS = 2000

const slot = globalThis as { rekindleIsStopping?: boolean }

/** True once this process was told to end. It then wants no new requests. */
export function isStopping(): boolean {
  return slot.rekindleIsStopping === true
}

/** What a shutdown works with. */
export interface ShutdownParts {
  readonly requests: ActiveRequests
  readonly shutdown: NonNullable<Config['shutdown']>
  /** The HTTP server to close; null if Next.js has made it, and closes it at the signal. */
  readonly server: Server | null
  /** Resolves once no new connection can come, where another process accepts them; null if this process does. */
  readonly lastConnection: Promise<void> | null
  /** Stops periodic work, at once. */
  readonly stop: () => void
  /** Sends collected spans. Called once the last request is answered. */
  readonly finish: () => Promise<void>
  /** Closes the database, last of all. It must be synchronous, as it runs while the process exits. */
  readonly close: () => void
}

/**
 * Shuts the process down in order on SIGTERM or SIGINT. At once, `/api/health/ready` answers 503 and every response closes its
 * connection. On SIGTERM, the server goes on serving for `delayMs`, while load balancers take it out of rotation. Then it
 * refuses connections, answers the active requests and exits with 0. After `timeoutMs` in all, it cuts the remaining requests
 * and exits with 1. A second signal ends it at once.
 */
export function shutDownOnSignal(parts: ShutdownParts): void {
  const nextHandlers = takeHandlers()
  let first: { signal: Signal; at: number } | null = null
  let isForced = false

  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const now = performance.now()
      if (first === null) {
        first = { signal, at: now }
        drain(signal, nextHandlers[signal], parts).catch(fail)
      } else if (now - first.at > SAME_KEY_MS) {
        isForced = true
        process.exit(exitCodeOf(signal))
      }
    })
  }
  process.once('exit', (code) => {
    parts.close()
    // Next.js exits with the code of the signal. An orderly shutdown exits with 0.
    if (first !== null && !isForced && code === exitCodeOf(first.signal)) process.exitCode = 0
  })
}

async function drain(signal: Signal, nextHandlers: Handler[], parts: ShutdownParts): Promise<void> {
  const { requests, shutdown, server, lastConnection, stop, finish } = parts
  slot.rekindleIsStopping = true
  setTimeout(() => {
    report('stopped_short', { detail: String(requests.count) })
    process.exit(1)
  }, shutdown.timeoutMs).unref()
  stop()
  requests.closeConnections()
  if (lastConnection !== null) await settled(lastConnection)
  else await refuseConnections(requests.server, signal, shutdown.delayMs)
  // Next.js closes its server, runs what was deferred with `after`, and exits.
  for (const handler of nextHandlers) handler(signal)
  server?.close()
  do {
    await requests.drained()
    // A connection that was accepted last may not have sent its request yet.
    await pause(SETTLE_MS)
  } while (requests.count > 0)
  await Promise.race([finish(), pause(FINISH_MS)])
  requests.server?.closeAllConnections()
  if (server || nextHandlers.length === 0) process.exit(0)
}

/**
 * Refuses new connections to a server, on SIGTERM after `delayMs`. Resolves once it has received every connection that was
 * accepted before.
 *
 * The kernel accepts connections before Node does, and resets them when the port is closed, so a client could not tell whether its
 * request was handled. With a backlog of 0 the kernel holds one connection, and lets every other client wait for a second. So this
 * process takes that one place itself (`untilNobodyComes`). The caller then closes the port at once, and the clients that wait are
 * refused.
 */
export async function refuseConnections(
  server: ConnectionServer | undefined,
  signal: Signal,
  delayMs: number,
): Promise<void> {
  if (signal === 'SIGTERM') await pause(delayMs)
  const { _handle: handle } = (server ?? {}) as { _handle?: { listen?(backlog: number): unknown } }
  handle?.listen?.(0)
  await pause(SETTLE_MS)
  await untilIdle()
  if (server) await untilNobodyComes(server)
}

/**
 * Connects to the server itself, which fills its backlog, and stands still for a moment, so that every client that comes has to
 * wait. It does so until no client has come in two turns: a client that was answered in the first would have come back in the second.
 */
async function untilNobodyComes(server: ConnectionServer): Promise<void> {
  const address = server.address()
  if (address === null || typeof address === 'string') return
  const host = LOOPBACK_OF[address.address] ?? address.address
  let holder: Socket | undefined
  let others = 0
  const count = (socket: Socket) => {
    if (socket.remotePort !== holder?.localPort) others++
  }
  // First of all, since another listener may give the socket away.
  server.prependListener('connection', count)
  for (let hold = 0, quiet = 0; hold < MAX_HOLDS && quiet < 2; hold++) {
    const before = others
    holder = connect(address.port, host).on('error', () => {})
    // Node connects in its next tick.
    await new Promise<void>((resolve) => process.nextTick(resolve))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HOLD_MS)
    await nextTurn()
    holder.destroy()
    quiet = others === before ? quiet + 1 : 0
  }
  server.off('connection', count)
}

/** Waits for the last connection, and for what it has sent until then. */
async function settled(lastConnection: Promise<void>): Promise<void> {
  await lastConnection
  await pause(SETTLE_MS)
  await untilIdle()
}

/** Waits for a turn of the event loop with nothing else to do: by then, Node knows every connection that the kernel accepted. */
async function untilIdle(): Promise<void> {
  const deadline = performance.now() + SETTLE_MS
  let before: number
  do {
    before = performance.now()
    await nextTurn()
  } while (performance.now() - before > IDLE_TURN_MS && before < deadline)
}

type Handler = (signal: Signal) => void

/** Next.js would close its port at the first signal, before load balancers react. Its handlers are called later instead. */
function takeHandlers(): Record<Signal, Handler[]> {
  const take = (signal: Signal) => {
    const handlers = process.listeners(signal) as Handler[]
    process.removeAllListeners(signal)
    return handlers
  }
  return { SIGTERM: take('SIGTERM'), SIGINT: take('SIGINT') }
}

function exitCodeOf(signal: Signal): number {
  return 128 + constants.signals[signal]
}

function fail(error: unknown): void {
  report('unexpected_error', { error: describeError(error) })
  process.exit(1)
}
