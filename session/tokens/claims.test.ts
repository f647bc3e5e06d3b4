import { describe, expect, it, vi } from 'vitest'
import { SessionError } from '../errors'
import { OUTSIDE_TIMEOUT_MS } from '../outside'
import { additionalClaims, type Claims, createClaimsSource, MAX_CLAIMS_BYTES } from './claims'

const user = { id: 'u', name: 'Ada', verified: true }
const session = { id: 's', createdAt: 1, authTime: 2 }
const claimsFrom = (claims: unknown) =>
  createClaimsSource(() => claims as Claims)?.(user, session) ?? Promise.reject(new Error('null'))

describe('additional claims', () => {
  it('are those that claimsOf returns, which learns of the user and the session alone', async () => {
    const claimsOf = vi.fn(async () => ({ plan: 'pro', seats: 3, beta: true, roles: ['a', 'b'] }))
    const source = createClaimsSource(claimsOf)
    const wider = { ...session, userAgent: 'Browser/1', address: '192.0.2.1' }
    expect(await source?.({ ...user, passwordHash: 'secret' } as typeof user, wider)).toEqual({
      ...{ plan: 'pro', seats: 3, beta: true, roles: ['a', 'b'] },
    })
    expect(claimsOf).toHaveBeenCalledExactlyOnceWith(user, session)
    expect(createClaimsSource(null)).toBeNull()
  })

  it.each(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sid', 'client_id'])(
    'cannot set the standard claim %s',
    async (name) => {
      await expect(claimsFrom({ [name]: 1 })).rejects.toThrow(`standard claim "${name}"`)
    },
  )

  it.each([[null], [undefined], [Number.NaN], [{ a: 1 }], [[1]], [() => 1]])(
    'cannot have the value %j',
    async (value) => {
      await expect(claimsFrom({ name: value })).rejects.toThrow('must set "name" to a string')
    },
  )

  it('may have as many bytes as fit, counted in UTF-8, and not one more', async () => {
    const fits = MAX_CLAIMS_BYTES - '{"a":""}'.length
    expect(await claimsFrom({ a: 'x'.repeat(fits) })).toHaveProperty('a')
    for (const a of ['x'.repeat(fits + 1), 'é'.repeat(fits / 2 + 1)]) {
      const error = await claimsFrom({ a }).catch((thrown) => thrown)
      expect(error).not.toBeInstanceOf(SessionError)
      expect(error.message).toMatch(/^claimsOf returned \d+ bytes of claims/)
    }
  })

  it('are unavailable if claimsOf throws, rejects or does not answer in time', async () => {
    vi.useFakeTimers()
    const failing = [
      () => {
        throw new Error('no')
      },
      () => Promise.reject(new Error('no')),
      () => new Promise<Claims>(() => {}),
    ]
    for (const claimsOf of failing) {
      const asked = createClaimsSource(claimsOf)?.(user, session).catch((thrown) => thrown)
      await vi.advanceTimersByTimeAsync(OUTSIDE_TIMEOUT_MS)
      expect(await asked).toMatchObject({ name: 'SessionError', code: 'unavailable' })
      expect(vi.getTimerCount()).toBe(0)
    }
    vi.useRealTimers()
  })

  it('are read from a token without the standard ones', () => {
    const payload = { sub: 'u', exp: 1, nbf: 1, sid: 's', client_id: 'c', plan: 'pro', odd: {} }
    expect(additionalClaims(payload)).toEqual({ plan: 'pro' })
    const polluted = JSON.parse('{"__proto__": "x", "constructor": "y"}')
    expect(Object.getPrototypeOf(additionalClaims(polluted))).toBe(Object.prototype)
  })
})
