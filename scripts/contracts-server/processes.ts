import cluster, { type Worker } from 'node:cluster'
import { constants } from 'node:os'
import type { ListenAddress } from '@/server/process/listen-address'
import type { Signal } from '@/server/process/shutdown'
import { reportStartFailure } from '@/server/process/start-report'
import { report } from '@/server/telemetry/log'
import { handOut } from './connections'
import { gatherMetrics } from './shared-metrics'

/** How long to wait before a process that ended is started again, so that one that cannot run keeps no core busy. */
const RESTART_MS = 1000
/** A process that was told to end cuts its requests after the shutdown timeout. One that is still there after this is stuck. */
const STUCK_MS = 2000

interface Ready {
  readonly rekindle: 'ready'
}

/** Tells the process that started this one that it can serve. */
export function reportReady(): void {
  process.send?.({ rekindle: 'ready' } satisfies Ready, undefined, undefined, () => {})
}

/** Processes that share one port. */
export interface Group {
  readonly count: number
  readonly address: ListenAddress
  /** How long the port stays open after SIGTERM, and how long each process may take to shut down. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number }
  /** Called once all processes serve. */
  readonly ready: (port: number) => void
}

/**
 * Runs this program in `count` processes that share one port.
 *
 * A process that ends by itself is started again after a second. The group ends with 1 if a process ends before it serves and no
 * other one serves: then nothing can be served at all. A signal is passed on to each process, and the group ends with 0 if each
 * shut down in order, or else with the code of one that did not. A process that is stuck is killed.
 */
export function runProcesses({ count, address, shutdown, ready }: Group): void {
  const metrics = gatherMetrics()
  const serving = new Set<Worker>()
  const connections = handOut(serving)
  const restarts = new Set<NodeJS.Timeout>()
  let isStopping = false
  let wasReady = false

  const stop = (signal: Signal) => {
    for (const timer of restarts) clearTimeout(timer)
    for (const worker of workers()) worker.process.kill(signal)
    if (isStopping) return
    isStopping = true
    void connections.end(signal, shutdown.delayMs)
    setTimeout(() => {
      for (const worker of workers()) worker.process.kill('SIGKILL')
    }, shutdown.timeoutMs + STUCK_MS).unref()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal))

  const start = () => {
    const worker = cluster.fork()
    worker.on('message', (message: Ready) => {
      if (message?.rekindle !== 'ready') return
      serving.add(worker)
      metrics.add(worker)
      if (wasReady || serving.size < count) return
      wasReady = true
      connections.listen(address.port, address.hostname).then(ready, (error) => {
        reportStartFailure(error)
        process.exit(1)
      })
    })
    worker.once('exit', (code, signal) => {
      const hasServed = serving.delete(worker)
      void metrics.remove(worker)
      const exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals]
      if (isStopping) {
        // One that does not serve yet has no request to answer, and may end at the signal itself.
        if (hasServed) process.exitCode ||= exitCode
      } else if (hasServed || serving.size > 0) {
        report('process_ended', { detail: signal ?? `code ${code}` })
        const timer = setTimeout(() => {
          restarts.delete(timer)
          start()
        }, RESTART_MS)
        restarts.add(timer)
      } else {
        process.exitCode = 1
        stop('SIGTERM')
      }
    })
  }
  for (let n = 0; n < count; n++) start()
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}
