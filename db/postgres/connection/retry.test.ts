import { beforeEach, expect, it } from 'vitest'
import { SerializationConflict, TimeoutError } from './failure'
import { type Attempt, type Clock, createRetry, type Retry } from './retry'

const TIMEOUT_MS = 2000
let now = 0
const clock: Clock = {
  now: () => now,
  pause: async (ms) => {
    now += ms
  },
}
let retry: Retry
beforeEach(() => {
  now = 0
  retry = createRetry(TIMEOUT_MS, clock)
})

/** An attempt on a frozen server: it takes all the time that it has. */
const frozen = async ({ withinMs }: Attempt) => {
  now += withinMs
  throw new TimeoutError('frozen')
}
/** An attempt on a server that does not run: it is refused at once. */
const refused = async ({ withinMs }: Attempt) => {
  now += Math.min(1, withinMs)
  throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
}
/** How long `attempt` is retried until it fails, in milliseconds. */
async function lasts(attempt: (attempt: Attempt) => Promise<never>): Promise<number> {
  const from = now
  await expect(retry(attempt)).rejects.toThrow()
  return now - from
}

it.each([
  ['frozen', frozen],
  ['not there', refused],
])(
  'a server that is %s is waited for as long as is said, and a quarter of it once it is known',
  async (_, attempt) => {
    for (const limit of [TIMEOUT_MS, TIMEOUT_MS / 4, TIMEOUT_MS / 4]) {
      const ms = await lasts(attempt)
      expect(ms).toBeLessThanOrEqual(limit)
      expect(ms).toBeGreaterThan(limit / 2)
    }
    expect(await retry(async () => 'an answer')).toBe('an answer')
    expect(await lasts(attempt)).toBeGreaterThan(0.8 * TIMEOUT_MS)
  },
)

it('a connection that does not answer costs half of the time, and the other half is left for another', async () => {
  const tries: Attempt[] = []
  const answer = await retry(async (attempt) => {
    tries.push(attempt)
    return attempt.isRepeated ? 'on another' : frozen(attempt)
  })
  expect(answer).toBe('on another')
  expect(tries[0]).toEqual({ withinMs: TIMEOUT_MS / 2, isRepeated: false })
  expect(tries[1]?.isRepeated).toBe(true)
  expect(tries[1]?.withinMs).toBeGreaterThan(0.4 * TIMEOUT_MS)
})

it('a serialization conflict does not count as a failure of the server', async () => {
  await lasts(async () => {
    now += 1
    throw new SerializationConflict('faster')
  })
  expect(await lasts(frozen)).toBeGreaterThan(0.8 * TIMEOUT_MS)
})

it('a mistake of the program is not repeated', async () => {
  let tries = 0
  const attempt = async () => {
    tries += 1
    throw new TypeError('a bug')
  }
  await expect(retry(attempt)).rejects.toThrow('a bug')
  expect(tries).toBe(1)
})
