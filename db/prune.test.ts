import { afterEach, expect, it, vi } from 'vitest'
import { type PruneOptions, prunePeriodically, pruneUntil } from './prune'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const NOW = 1_700_000_000_000
const now = () => NOW

function run(
  prune: (now: number, batch: number) => Promise<number>,
  options: Partial<PruneOptions> = {},
) {
  const controller = new AbortController()
  const { signal } = controller
  prunePeriodically(
    { prune },
    { everyMs: 1, batch: 100, signal, failed: () => {}, now, ...options },
  )
  return controller
}

it('prunes batch after batch until one is not full, and lets others run in between', async () => {
  const left = [100, 250, 99]
  const order: unknown[] = []
  await new Promise<void>((resolve) => {
    const controller = run(
      async (now, batch) => {
        order.push([now, batch])
        setImmediate(() => order.push('another request'))
        const deleted = left.shift() ?? 0
        if (deleted < batch) {
          controller.abort()
          resolve()
        }
        return deleted
      },
      { now: () => 7 },
    )
  })
  expect(order).toEqual([[7, 100], 'another request', [7, 100], 'another request', [7, 100]])
})

it('reports an error, and tries again', async () => {
  const told: unknown[] = []
  const error = new Error('no answer')
  let calls = 0
  await new Promise<void>((resolve) => {
    const controller = run(
      async () => {
        if (++calls === 1) throw error
        controller.abort()
        resolve()
        return 0
      },
      { failed: (thrown) => void told.push(thrown) },
    )
  })
  expect(told).toEqual([error])
})

it('does not keep the process alive', () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  const before = timers()
  const controller = run(async () => 0, { everyMs: 60_000 })
  expect(timers()).toBe(before)
  controller.abort()
})

it('does nothing once its signal has aborted', async () => {
  vi.useFakeTimers()
  const prune = vi.fn(async () => 0)
  run(prune).abort()
  run(prune, { signal: AbortSignal.abort() })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(prune).not.toHaveBeenCalled()
})

it('prunes by request until nothing is left', async () => {
  const left = [100, 250, 99, 100]
  const database = { prune: async () => left.shift() ?? 0 }
  expect(await pruneUntil(() => false, database, { batch: 100, now })).toEqual({
    deleted: 449,
    done: true,
  })
  expect(left).toEqual([100])
})

it('prunes by request until it is enough, and says that more is left', async () => {
  const asked: number[][] = []
  const database = {
    prune: async (...of: [number, number]) => {
      asked.push(of)
      return of[1]
    },
  }
  const isEnough = () => asked.length === 3
  expect(await pruneUntil(isEnough, database, { batch: 7, now })).toEqual({
    deleted: 21,
    done: false,
  })
  expect(asked).toEqual(Array(3).fill([NOW, 7]))
})
