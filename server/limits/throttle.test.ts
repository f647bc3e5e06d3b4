import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Config } from '@/config/read'
import { SessionError } from '@/session/errors'
import { START } from '@/testing/database/samples'
import { eachTestsDatabase } from '@/testing/database/suite'
import { openTemporaryPostgres } from '@/testing/database/temporary-postgres'
import { openTemporary } from '@/testing/database/temporary-sqlite'
import type { Attempt } from '../auth/sign-in/attempt'
import { HttpError } from '../http/http-error'
import { createThrottle, type Throttle } from './throttle'

const LIMIT = 10
const ACCOUNT_LIMIT = 50
describe.each([
  ['SQLite', openTemporary],
  ['PostgreSQL', openTemporaryPostgres],
])('the throttle on %s', (_, openTest) => {
  const test = eachTestsDatabase(openTest)
  let throttle: Throttle

  beforeEach(() => {
    vi.setSystemTime(START)
    throttle = createThrottle(test.database, limits())
  })
  afterEach(() => vi.useRealTimers())

  const home = '192.0.2.1'
  const abroad = '198.51.100.9'
  const wrong = async () => null
  const right = async () => 'user'

  describe('sign-in', () => {
    it('counts failures alone: any number of successes is fine', async () => {
      for (let i = 0; i < LIMIT * 3; i++) expect(await attempt(right)).toBe('user')
      for (let i = 0; i < LIMIT - 1; i++) expect(await attempt(wrong)).toBeNull()
      for (let i = 0; i < LIMIT; i++) expect(await attempt(right)).toBe('user')
      expect(await attempt(wrong)).toBeNull()
      await expectLimited(attempt(right))
    })

    it('is refused with the seconds to wait, and open again after them', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong)
      vi.setSystemTime(START + 20_500)
      const error = await expectLimited(attempt(right))
      expect(error.headers['Retry-After']).toBe('40')
      vi.setSystemTime(START + 60_001)
      expect(await attempt(right)).toBe('user')
    })

    it('does no work once too many attempts failed', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong)
      const verify = vi.fn(right)
      for (let i = 0; i < 5; i++) await expectLimited(attempt(verify))
      expect(verify).not.toHaveBeenCalled()
    })

    it('lets no burst through: of a hundred wrong attempts at once, ten are verified', async () => {
      const verify = vi.fn(wrong)
      const burst = await Promise.allSettled(Array.from({ length: 100 }, () => attempt(verify)))
      expect(verify).toHaveBeenCalledTimes(LIMIT)
      const refusals = burst.flatMap((answer) =>
        answer.status === 'rejected' ? [(answer.reason as HttpError).status] : [],
      )
      expect(refusals).toHaveLength(100 - LIMIT)
      for (const status of refusals) expect([429, 503]).toContain(status)
    })

    it('lets no burst through two servers on one database either', async () => {
      const other = createThrottle(await test.reopen(), limits())
      const verify = vi.fn(wrong)
      const burst = Array.from({ length: 60 }, (_, i) =>
        (i % 2 ? throttle : other).signIn(at(home), verify),
      )
      await Promise.allSettled(burst)
      expect(verify).toHaveBeenCalledTimes(LIMIT)
    })

    it('cannot be locked for the owner by a stranger from another address', async () => {
      for (let i = 0; i < LIMIT * 3; i++) await attempt(wrong, at(abroad)).catch(() => {})
      await expectLimited(attempt(right, at(abroad)))
      expect(await attempt(right, at(home))).toBe('user')
    })

    it('counts one account’s failures for that account, until the address has too many', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong, at(home, 'ada'))
      await expectLimited(attempt(right, at(home, 'ada')))
      expect(await attempt(right, at(home, 'bob'))).toBe('user')
      for (let i = 0; i < LIMIT * 9; i++) await attempt(wrong, at(home, `stranger ${i}`))
      await expectLimited(attempt(right, at(home, 'bob')))
      await expectLimited(attempt(right, at(home, 'a new name')))
      expect(await attempt(right, at(abroad, 'bob'))).toBe('user')
    })

    it('counts an IPv6 subscriber once, whichever address of the /64 is used', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong, at(`2001:db8:1:2::${i + 1}`))
      await expectLimited(attempt(right, at('2001:db8:1:2:ffff::1')))
      expect(await attempt(right, at('2001:db8:1:3::1'))).toBe('user')
    })

    it('does not mix up names and addresses that run together', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong, at(home, `ada ${abroad}`))
      expect(await attempt(right, at(home, 'ada'))).toBe('user')
      expect(await attempt(right, at(abroad, 'ada'))).toBe('user')
    })

    it('from a known device has its own count, though account and address are exhausted', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong, at(home))
      for (let i = 0; i < LIMIT * 9; i++) await attempt(wrong, at(home, `stranger ${i}`))
      const known = { ...at(home), device: { id: 'laptop', account: 'ada' } }
      await expectLimited(attempt(right))
      expect(await attempt(right, known)).toBe('user')
      for (let i = 0; i < LIMIT; i++) await attempt(wrong, known)
      await expectLimited(attempt(right, known))
      const other = { ...at(home), device: { id: 'phone', account: 'ada' } }
      expect(await attempt(right, other)).toBe('user')
    })

    it('F44 from all over one /48 has a count of its own for the account, three times an address’s', async () => {
      const verify = vi.fn(wrong)
      for (let i = 0; i < 60; i++) {
        await attempt(verify, at(`2001:db8:1:${i.toString(16)}::1`)).catch(() => {})
      }
      expect(verify).toHaveBeenCalledTimes(3 * LIMIT)
      await expectLimited(attempt(right, at('2001:db8:1:ffff::1')))
      expect(await attempt(right, at('2001:db8:2::1'))).toBe('user')
      expect(await attempt(right, at('2001:db8:1:ffff::1', 'bob'))).toBe('user')
    })

    it('F44 from all over one /48 has a count for all accounts together, three times an address’s', async () => {
      const verify = vi.fn(wrong)
      for (let i = 0; i < 31 * LIMIT; i++) {
        await attempt(verify, at(`2001:db8:1:${i.toString(16)}::1`, `${i}`)).catch(() => {})
      }
      expect(verify).toHaveBeenCalledTimes(30 * LIMIT)
      expect(await attempt(right, at('2001:db8:2::1'))).toBe('user')
    })

    it('F44 of one account has a budget for all unknown devices together, and known ones are not shut out', async () => {
      const verify = vi.fn(wrong)
      for (let i = 0; i < ACCOUNT_LIMIT + 10; i++) {
        await attempt(verify, at(`198.51.100.${i}`)).catch(() => {})
      }
      expect(verify).toHaveBeenCalledTimes(ACCOUNT_LIMIT)
      const error = await expectLimited(attempt(right))
      expect(error.headers['Retry-After']).toBe('3600')
      expect(await attempt(right, known())).toBe('user')
      expect(await attempt(right, at(home, 'bob'))).toBe('user')
      vi.setSystemTime(START + 3_600_001)
      expect(await attempt(right)).toBe('user')
    })

    it('F44 that succeeds counts too, for the account: ten times as many, known devices apart from others', async () => {
      const sign = vi.fn(right)
      const burst = Array.from({ length: 12 * LIMIT }, (_, i) =>
        attempt(sign, at(`198.51.100.${i}`)),
      )
      await Promise.allSettled(burst)
      for (let i = 0; i < 10 * LIMIT; i++) await attempt(sign).catch(() => {})
      expect(sign).toHaveBeenCalledTimes(10 * LIMIT)
      for (let i = 0; i < 10 * LIMIT; i++) expect(await attempt(right, known(`${i}`))).toBe('user')
      await expectLimited(attempt(right, known()))
      expect(await attempt(right, at(home, 'bob'))).toBe('user')
      vi.setSystemTime(START + 60_001)
      expect(await attempt(right)).toBe('user')
    })

    it('F44 that one budget refuses takes nothing from the others', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong)
      for (let i = 0; i < ACCOUNT_LIMIT; i++) await expectLimited(attempt(wrong))
      const burst = Array.from({ length: 60 }, () => attempt(wrong, at(abroad)))
      await Promise.allSettled(burst)
      for (let i = 0; i < ACCOUNT_LIMIT - 2 * LIMIT; i++) {
        expect(await attempt(wrong, at(`203.0.113.${i}`))).toBeNull()
      }
      await expectLimited(attempt(wrong, at('203.0.113.200')))
    })

    it('from a device known to another account is a stranger’s', async () => {
      for (let i = 0; i < LIMIT; i++) await attempt(wrong, at(home))
      const foreign = { ...at(home), device: { id: 'laptop', account: 'mallory' } }
      await expectLimited(attempt(right, foreign))
    })

    it('that the server failed to verify does not count', async () => {
      const broken = async () => {
        throw new SessionError('unavailable')
      }
      for (let i = 0; i < LIMIT * 2; i++) {
        await expect(attempt(broken)).rejects.toBeInstanceOf(SessionError)
      }
      expect(await attempt(right)).toBe('user')
    })
  })

  describe('other limits', () => {
    it('on registration count for the address, ten times those on sign-in', async () => {
      for (let i = 0; i < LIMIT * 10; i++) await throttle.registration('2001:db8::1')
      const error = await expectLimited(throttle.registration('2001:db8::2'))
      expect(error.headers['Retry-After']).toBe('60')
      await throttle.registration(home)
      expect(await attempt(right, at('2001:db8::1'))).toBe('user')
    })

    it('F44 on registrations and refresh tokens that another server signed count for a /48, three times an address’s', async () => {
      for (const [count, most] of [
        [throttle.registration, LIMIT * 10],
        [throttle.invalidRefresh, 300],
      ] as const) {
        for (let i = 0; i < 3 * most; i++) await count(`2001:db8:1:${i.toString(16)}::1`)
        await expectLimited(count('2001:db8:1:ffff::1'))
        await count('2001:db8:2::1')
      }
    })

    it('on well-signed refreshes count for the session alone', async () => {
      for (let i = 0; i < 3000; i++) await throttle.refresh('busy')
      await expectLimited(throttle.refresh('busy'))
      await throttle.refresh('another')
      await throttle.invalidRefresh(home)
    })

    it('on refresh tokens that another server signed count for the address, and for no session', async () => {
      for (let i = 0; i < 300; i++) await throttle.invalidRefresh(home)
      await expectLimited(throttle.invalidRefresh(home))
      await throttle.invalidRefresh(abroad)
      await throttle.refresh('session')
    })
  })

  function limits(): Pick<Config, 'signInLimit' | 'accountLimit'> {
    return {
      signInLimit: { points: LIMIT, windowSeconds: 60 },
      accountLimit: { points: ACCOUNT_LIMIT, windowSeconds: 3600 },
    }
  }

  function known(id = 'laptop'): Attempt {
    return { ...at(home), device: { id, account: 'ada' } }
  }

  function at(address: string, account = 'ada'): Attempt {
    return { account, address, device: null }
  }

  function attempt<T>(verify: () => Promise<T | null>, from: Attempt = at(home)) {
    return throttle.signIn(from, verify)
  }

  async function expectLimited(attempted: Promise<unknown>): Promise<HttpError> {
    const error = await attempted.then(
      () => null,
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect(Number(error.headers['Retry-After'])).toBeGreaterThan(0)
    return error
  }
})
