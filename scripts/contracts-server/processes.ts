import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry } from 'prom-client'
import { metrics } from '@/server/telemetry/metrics'

/** A process that ends this soon after its start cannot serve, so it is not started again. */
const STARTED_MS = 10_000

type Message = { readonly rekindle: 'metrics'; readonly id: number; readonly text?: string }

/**
 * Runs this program in `count` processes that share one port, and starts one again if it ends by itself. Signals are passed on
 * to each, and this process ends once all have: with 0 if each shut down in order, else with 1.
 */
export async function runPrimary(count: number): Promise<void> {
  const aggregator = new AggregatorRegistry()
  let isStopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      isStopping = true
      for (const worker of workers()) worker.process.kill(signal)
    })
  }
  const start = () => {
    const startedAt = performance.now()
    const worker = cluster.fork()
    worker.on('message', (message: Message) => {
      if (message?.rekindle !== 'metrics') return
      // A process that has just ended does not answer, and then no total is known.
      const text = aggregator.clusterMetrics().catch(() => '')
      void text.then((all) => worker.isConnected() && worker.send({ ...message, text: all }))
    })
    worker.once('exit', (code) => {
      if (isStopping || performance.now() - startedAt < STARTED_MS) {
        isStopping = true
        if (code !== 0) process.exitCode = 1
        for (const other of workers()) other.process.kill('SIGTERM')
      } else start()
    })
  }
  for (let n = 0; n < count; n++) start()
}

/** Makes `/api/metrics` of this process show the metrics of all. */
export function shareMetrics(): void {
  AggregatorRegistry.setRegistries([metrics().registry])
  // Its constructor makes this process answer the primary's questions.
  new AggregatorRegistry()
  let last = 0
  metrics().gatherFrom(
    () =>
      new Promise((resolve) => {
        const id = ++last
        const receive = (message: Message) => {
          if (message?.rekindle !== 'metrics' || message.id !== id) return
          process.off('message', receive)
          resolve(message.text ?? '')
        }
        process.on('message', receive)
        process.send?.({ rekindle: 'metrics', id } satisfies Message)
      }),
  )
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}
