import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { SessionError } from '@/session/errors'
import { openClock } from './clock'

const START = 1_800_000_000_000
const MINUTE = 60_000

let databaseClock: number
beforeEach(() => {
  vi.useFakeTimers({ now: START })
  databaseClock = 0
})
afterEach(() => {
  vi.useRealTimers()
})

/** A machine whose own clock is `skewMs` off, on the way to the database for `roundTripMs`. */
function machine(skewMs: number, roundTripMs = 0) {
  const ask = vi.fn(async () => {
    if (roundTripMs > 0) await vi.advanceTimersByTimeAsync(roundTripMs / 2)
    const now = Date.now() + databaseClock
    if (roundTripMs > 0) await vi.advanceTimersByTimeAsync(roundTripMs / 2)
    return now
  })
  return { ask, clock: openClock(ask, () => Date.now() + skewMs) }
}

it('machines whose own clocks are ten seconds apart agree', async () => {
  const slow = await machine(-5000).clock
  const fast = await machine(5000).clock
  expect([slow(), fast()]).toEqual([START, START])
  vi.advanceTimersByTime(1234)
  expect([slow(), fast()]).toEqual([START + 1234, START + 1234])
})

it('the way to the database and back is allowed for', async () => {
  const clock = await machine(5000, 80).clock
  expect(clock()).toBe(Date.now())
})

it('a clock that is right, as far as can be told, is left alone', async () => {
  const clock = await machine(30, 80).clock
  expect(clock()).toBe(Date.now() + 30)
})

it('a clock that is set while the server runs is noticed within a minute, and the database is not asked more often', async () => {
  const { ask, clock } = machine(0)
  const now = await clock
  databaseClock = 3000
  vi.advanceTimersByTime(MINUTE - 1)
  expect(now()).toBe(Date.now())
  expect(ask).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  for (let times = 0; times < 10; times++) now()
  await vi.advanceTimersByTimeAsync(0)
  expect(ask).toHaveBeenCalledTimes(2)
  expect(now()).toBe(Date.now() + 3000)
})

it('an answer that took long changes nothing', async () => {
  const clock = await machine(5000, 1500).clock
  expect(clock()).toBe(Date.now() + 5000)
})

it('a database that does not answer leaves the clock as it was', async () => {
  const { ask, clock } = machine(5000)
  const now = await clock
  ask.mockRejectedValue(new SessionError('unavailable'))
  await vi.advanceTimersByTimeAsync(MINUTE)
  now()
  await vi.advanceTimersByTimeAsync(0)
  expect(now()).toBe(Date.now())
})
