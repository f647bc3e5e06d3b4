import { expect } from 'vitest'

const SIZE_FACTOR = 8
const ROUNDS = 9
/** For eight times the size, linear work takes 8 times as long, and quadratic work 64 times. */
const MAX_LINEAR_GROWTH = 24
/** The shortest duration that the clock measures well, in milliseconds. */
const MIN_MEASURED_MS = 0.3

/**
 * How many times as long `work` takes for an input of eight times the size. The two sizes alternate, so that other load on
 * the machine affects both, and the fastest of several rounds counts for each.
 */
export async function growthOf(work: (size: number) => unknown, size: number): Promise<number> {
  let times = SIZE_FACTOR
  while ((await timeOf(work, size, times)) < MIN_MEASURED_MS) times *= 2
  let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < ROUNDS; round++) {
    small = Math.min(small, (await timeOf(work, size, times)) / times)
    const fewer = times / SIZE_FACTOR
    large = Math.min(large, (await timeOf(work, size * SIZE_FACTOR, fewer)) / fewer)
  }
  return large / small
}

/** Fails if the time that `work` takes grows faster than the size of its input. */
export async function expectLinear(work: (size: number) => unknown, size = 2000): Promise<void> {
  expect(await growthOf(work, size)).toBeLessThan(MAX_LINEAR_GROWTH)
}

async function timeOf(work: (size: number) => unknown, size: number, times: number) {
  const from = performance.now()
  for (let time = 0; time < times; time++) await work(size)
  return performance.now() - from
}
