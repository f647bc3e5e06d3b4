import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SessionError } from '@/session/errors'
import { openClock } from './clock'

const START = 1_800_000_000_000
const MINUTE = 60_000

/** By how many milliseconds the database's clock was set while the server ran. */
let databaseSetMs: number
/** By how many milliseconds the machine's wall clock was set while the server ran. */
let wallSetMs: number
/** For how many milliseconds the machine slept, while its monotonic clock stood still. */
let sleptMs: number
beforeEach(() => {
  vi.useFakeTimers({ now: START })
  databaseSetMs = wallSetMs = sleptMs = 0
})
afterEach(() => {
  vi.useRealTimers()
})

/** A machine whose wall clock is off by `skewMs`, and which reaches the database and back in `roundTripMs`. */
function machine(skewMs: number, roundTripMs = 0) {
  const ask = vi.fn(async () => {
    if (roundTripMs > 0) await vi.advanceTimersByTimeAsync(roundTripMs / 2)
    const now = Date.now() + databaseSetMs
    if (roundTripMs > 0) await vi.advanceTimersByTimeAsync(roundTripMs / 2)
    return now
  })
  const wall = () => Date.now() + skewMs + wallSetMs
  return { ask, clock: openClock(ask, { wall, monotonic: () => performance.now() - sleptMs }) }
}

it('machines whose own clocks are ten seconds apart agree', async () => {
  const slow = await machine(-5000).clock
  const fast = await machine(5000).clock
  expect([slow(), fast()]).toEqual([START, START])
  vi.advanceTimersByTime(1234)
  expect([slow(), fast()]).toEqual([START + 1234, START + 1234])
})

it('the clock allows for the way to the database and back', async () => {
  const clock = await machine(5000, 80).clock
  expect(clock()).toBe(Date.now())
})

it('a clock that is right, as far as can be told, is left alone', async () => {
  const clock = await machine(30, 80).clock
  expect(clock()).toBe(Date.now() + 30)
})

it('a database’s clock that is set while the server runs is followed within a minute, and the database is not asked more often', async () => {
  const { ask, clock } = machine(0)
  const now = await clock
  databaseSetMs = 3000
  vi.advanceTimersByTime(MINUTE - 1)
  expect(now()).toBe(Date.now())
  expect(ask).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  for (let times = 0; times < 10; times++) now()
  await vi.advanceTimersByTimeAsync(0)
  expect(ask).toHaveBeenCalledTimes(2)
  expect(now()).toBe(Date.now() + 3000)
})

it('a slow answer sets the clock as well as it can, and does not replace a better one', async () => {
  const slow = await machine(5000, 3000).clock
  expect(Math.abs(slow() - Date.now())).toBeLessThanOrEqual(1501)

  const { ask, clock } = machine(5000, 80)
  const now = await clock
  ask.mockImplementation(async () => {
    await vi.advanceTimersByTimeAsync(3000)
    return Date.now() - 2000
  })
  await vi.advanceTimersByTimeAsync(MINUTE)
  now()
  await vi.advanceTimersByTimeAsync(4000)
  expect(ask).toHaveBeenCalledTimes(2)
  expect(now()).toBe(Date.now())
})

it('a database that does not answer leaves the clock as it was, and is soon asked again', async () => {
  const { ask, clock } = machine(5000)
  const now = await clock
  ask.mockRejectedValue(new SessionError('unavailable'))
  await vi.advanceTimersByTimeAsync(MINUTE)
  now()
  await vi.advanceTimersByTimeAsync(999)
  expect(now()).toBe(Date.now())
  expect(ask).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1)
  now()
  expect(ask).toHaveBeenCalledTimes(3)
})

describe('F49 the time is the database’s', () => {
  it('even if the machine is twenty minutes slow and the first answer took long', async () => {
    const clock = await machine(-20 * MINUTE, 1500).clock
    expect(Math.abs(clock() - Date.now())).toBeLessThanOrEqual(751)
  })

  it('and unknown if the database does not answer at first', async () => {
    const { ask, clock } = machine(0)
    await clock
    ask.mockRejectedValue(new SessionError('unavailable'))
    const opened = openClock(ask)
    await expect(opened).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('also from the moment at which the machine’s clock is set back, and while the database does not answer', async () => {
    const { ask, clock } = machine(5000)
    const now = await clock
    ask.mockRejectedValue(new SessionError('unavailable'))
    vi.advanceTimersByTime(2000)
    wallSetMs = -20 * MINUTE
    expect(now()).toBe(Date.now())
    await vi.advanceTimersByTimeAsync(MINUTE)
    expect(now()).toBe(Date.now())
  })

  it('within one question after the machine’s clock is set forward', async () => {
    const { ask, clock } = machine(0)
    const now = await clock
    vi.advanceTimersByTime(2000)
    wallSetMs = 20 * MINUTE
    now()
    await vi.advanceTimersByTimeAsync(0)
    expect(ask).toHaveBeenCalledTimes(2)
    expect(now()).toBe(Date.now())
  })

  it('also when the machine wakes up', async () => {
    const { ask, clock } = machine(5000)
    const now = await clock
    ask.mockRejectedValue(new SessionError('unavailable'))
    vi.advanceTimersByTime(20 * MINUTE)
    sleptMs = 20 * MINUTE
    expect(now()).toBe(Date.now())
  })
})
