import { expect } from 'vitest'

const TIMES_THE_SIZE = 8
const ROUNDS = 9
/** Eight times the size takes eight times as long where that is linear, and 64 times where it is quadratic. */
const MOST = 24
/** Long enough for the clock. */
const LEAST_MS = 0.3

/**
 * How many times as long `work` takes for an input of eight times the size: three doublings. Both sizes take turns, so that
 * whatever else the machine does happens to both, and of each the fastest of several rounds counts.
 */
export async function growthOf(work: (size: number) => unknown, size: number): Promise<number> {
  let times = TIMES_THE_SIZE
  while ((await timeOf(work, size, times)) < LEAST_MS) times *= 2
  let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < ROUNDS; round++) {
    small = Math.min(small, (await timeOf(work, size, times)) / times)
    const fewer = times / TIMES_THE_SIZE
    large = Math.min(large, (await timeOf(work, size * TIMES_THE_SIZE, fewer)) / fewer)
  }
  return large / small
}

/** Fails where the time that `work` takes grows faster than the size of its input. */
export async function expectLinear(work: (size: number) => unknown, size = 2000): Promise<void> {
  expect(await growthOf(work, size)).toBeLessThan(MOST)
}

async function timeOf(work: (size: number) => unknown, size: number, times: number) {
  const from = performance.now()
  for (let time = 0; time < times; time++) await work(size)
  return performance.now() - from
}
