import type { Worker } from 'node:cluster'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { type MetricSamples, metrics } from '@/server/telemetry/metrics'
import { createMetricsTotal } from './metrics-total'

// A process that is asked for the metrics asks the primary process, which asks every process that serves and sends the total
// back. Without an answer from each of them there is no total, and a part of it would look like a fall.

/** Messages between the primary process and those that serve. */
type Message =
  | { readonly rekindle: 'total-wanted'; readonly id: number }
  | { readonly rekindle: 'total'; readonly id: number; readonly text: string }
  | { readonly rekindle: 'samples-wanted'; readonly id: number }
  | { readonly rekindle: 'samples'; readonly id: number; readonly samples: MetricSamples }

/** The primary's part: adds up the metrics of the processes that serve. */
export interface MetricsGathering {
  /** A process has begun to serve. */
  add(worker: Worker): void
  /** A process has ended, and no answer of it is waited for any more. */
  remove(worker: Worker): Promise<void>
}

export function gatherMetrics(): MetricsGathering {
  const total = createMetricsTotal()
  const serving = new Set<Worker>()
  /** What is still waited for: the processes by the number of the question. */
  const missing = new Map<number, { readonly from: Set<Worker>; readonly answer: () => void }>()
  let last = 0

  const ask = (asker: Worker, id: number) => {
    const question = ++last
    const answer = async () => {
      missing.delete(question)
      send(asker, { rekindle: 'total', id, text: await total.text() })
    }
    missing.set(question, { from: new Set(serving), answer: () => void answer() })
    for (const worker of serving) send(worker, { rekindle: 'samples-wanted', id: question })
  }
  const settle = (worker: Worker, question: number) => {
    const waiting = missing.get(question)
    if (waiting?.from.delete(worker) && waiting.from.size === 0) waiting.answer()
  }

  return {
    add(worker) {
      serving.add(worker)
      worker.on('message', (message: Message) => {
        if (message?.rekindle === 'total-wanted') ask(worker, message.id)
        if (message?.rekindle !== 'samples') return
        total.record(worker.id, message.samples)
        settle(worker, message.id)
      })
    },
    async remove(worker) {
      serving.delete(worker)
      await total.retire(worker.id)
      for (const question of missing.keys()) settle(worker, question)
    },
  }
}

/**
 * The part of a process that serves: makes its `/api/metrics` show the metrics of all processes, or answer 503 UNAVAILABLE if
 * one of them does not answer within `timeoutMs`.
 */
export function shareMetrics(timeoutMs: number): void {
  let last = 0
  const waiting = new Map<number, (text: string) => void>()
  process.on('message', (message: Message) => {
    if (message?.rekindle === 'total') waiting.get(message.id)?.(message.text)
    if (message?.rekindle === 'samples-wanted') void sendSamples(message.id)
  })
  metrics().gatherFrom(async () => {
    const id = ++last
    const { promise, resolve, reject } = withResolvers<string>()
    waiting.set(id, resolve)
    const timer = setTimeout(() => reject(incomplete(timeoutMs)), timeoutMs)
    try {
      sendToPrimary({ rekindle: 'total-wanted', id })
      return await promise
    } finally {
      clearTimeout(timer)
      waiting.delete(id)
    }
  })
}

async function sendSamples(id: number): Promise<void> {
  const { database } = await services()
  const samples = await metrics().samples(database.pool?.() ?? null)
  sendToPrimary({ rekindle: 'samples', id, samples })
}

function incomplete(timeoutMs: number): HttpError {
  const message = `Not every process of this server answered within ${timeoutMs / 1000} s, so there is no total: ask again`
  return new HttpError(503, 'UNAVAILABLE', message, { 'Retry-After': '1' })
}

/** A message to a process that has just ended is lost, and nobody waits for its answer. */
function send(worker: Worker, message: Message): void {
  worker.send(message, () => {})
}

function sendToPrimary(message: Message): void {
  process.send?.(message, undefined, undefined, () => {})
}

/** `Promise.withResolvers`, which Node has from 22 on. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  return { promise, resolve, reject }
}
