import { afterEach, expect, it, vi } from 'vitest'
import { eachTestsDatabase } from '@/testing/database/suite'
import { openTemporaryPostgres } from '@/testing/database/temporary-postgres'

const test = eachTestsDatabase(openTemporaryPostgres)
const NOW = 1_800_000_000_000
const MINUTE = 60_000
afterEach(() => void vi.useRealTimers())

/** A machine with a clock that is `skewMs` off. The function that it returns counts an attempt `laterMs` after the beginning. */
function machine(skewMs: number) {
  let later = 0
  const limiter = test.database.limiter({
    ...{ keyPrefix: 'account', points: 2, duration: 60 },
    now: () => NOW + later,
  })
  return async (laterMs: number) => {
    later = laterMs
    vi.useFakeTimers({ toFake: ['Date'], now: NOW + laterMs + skewMs })
    return limiter.consume('ann').catch((rejection) => rejection)
  }
}

it('F49 a limit is one limit on machines with clocks twenty minutes apart, and lasts as long as it says', async () => {
  const [slow, right, fast] = [machine(-20 * MINUTE), machine(0), machine(20 * MINUTE)]
  expect(await fast(0)).toMatchObject({ remainingPoints: 1, msBeforeNext: MINUTE })
  expect(await slow(1000)).toMatchObject({ remainingPoints: 0, msBeforeNext: MINUTE - 1000 })
  expect(await right(2000)).toMatchObject({ consumedPoints: 3, msBeforeNext: MINUTE - 2000 })
  expect(await slow(MINUTE)).toMatchObject({ remainingPoints: 1 })
  expect(await right(MINUTE + 1000)).toMatchObject({ remainingPoints: 0 })
})
