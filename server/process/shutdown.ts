import 'server-only'
import type { Server } from 'node:http'
import { constants } from 'node:os'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import type { Config } from '@/config/read'
import { describeError } from '../http/error-description'
import { report } from '../telemetry/log'
import type { UnderWay } from './active-requests'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
type Signal = (typeof SIGNALS)[number]

/** A terminal and npm both hand on what the one key was pressed for. */
const SAME_KEY_MS = 500
/** For how long who has been let in by the kernel is still taken in, and by Node still heard. */
const SETTLE_MS = 200

const CALM_MS = 1
/** For how long spans may still be sent. */
const FINISH_MS = 2000

const slot = globalThis as { rekindleIsStopping?: boolean }

/** Whether this process was told to end, and wants no new requests. */
export function isStopping(): boolean {
  return slot.rekindleIsStopping === true
}

export interface ShutdownParts {
  readonly underWay: UnderWay
  readonly shutdown: NonNullable<Config['shutdown']>
  /** Ends what runs by itself, at once. */
  readonly stop: () => void
  /** Sends what was collected about requests, once the last is answered. */
  readonly finish: () => Promise<void>
  /** Closes the database, last of all. Synchronous: it runs as the process exits. */
  readonly close: () => void
}

/**
 * On SIGTERM or SIGINT this process ends as a good neighbour does. At once it is not ready (`/api/health/ready` answers 503) and
 * every answer closes its connection; for `delayMs` (SIGTERM only) it serves on, while load balancers look away; then it
 * refuses connections, answers what is under way, and ends with 0. After `timeoutMs` in all it cuts what is left and ends
 * with 1. A second signal ends it at once.
 */
export function endGracefully(parts: ShutdownParts): void {
  const theirs = takeHandlers()
  let first: { signal: Signal; at: number } | null = null
  let isHurried = false

  for (const signal of SIGNALS) {
    process.on(signal, () => {
      const now = performance.now()
      if (first === null) {
        first = { signal, at: now }
        drain(signal, theirs[signal], parts).catch(fail)
      } else if (now - first.at > SAME_KEY_MS) {
        isHurried = true
        process.exit(exitCodeOf(signal))
      }
    })
  }
  process.once('exit', (code) => {
    parts.close()
    // Next.js says with which signal it was told to end. Whoever told it wants to know whether that went well.
    if (first !== null && !isHurried && code === exitCodeOf(first.signal)) process.exitCode = 0
  })
}

async function drain(signal: Signal, theirs: Handler[], parts: ShutdownParts): Promise<void> {
  const { underWay, shutdown, stop, finish } = parts
  slot.rekindleIsStopping = true
  setTimeout(() => {
    report('stopped_short', { detail: String(underWay.count) })
    process.exit(1)
  }, shutdown.timeoutMs).unref()
  stop()
  underWay.lastOfEach()
  if (signal === 'SIGTERM') await pause(shutdown.delayMs)

  acceptNoMore(underWay.server)
  await pause(SETTLE_MS)
  await calm()
  // Next.js closes its server, and what it has to do after answers; then it ends the process.
  for (const handler of theirs) handler(signal)
  do {
    await underWay.none()
    // Whoever was let in last may not have said yet what for.
    await pause(SETTLE_MS)
  } while (underWay.count > 0)
  await Promise.race([finish(), pause(FINISH_MS)])
  underWay.server?.closeAllConnections()
  if (theirs.length === 0) process.exit(0)
}

/**
 * The kernel takes connections in before Node does, and resets those when the port is closed: a client could not tell whether its
 * request was heard. With no room for more, one that comes now waits for a moment, and is refused.
 */
function acceptNoMore(server: Server | undefined): void {
  const { _handle: handle } = (server ?? {}) as { _handle?: { listen?(backlog: number): unknown } }
  handle?.listen?.(0)
}

/** A moment in which nothing but this runs, so that who was let in a moment ago is known to Node. */
async function calm(): Promise<void> {
  const deadline = performance.now() + SETTLE_MS
  let before: number
  do {
    before = performance.now()
    await nextTurn()
  } while (performance.now() - before > CALM_MS && before < deadline)
}

type Handler = (signal: Signal) => void

/** Next.js would close its port at the first signal, before anybody could look away. It is told when it is time. */
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
