import { verify } from '@node-rs/argon2'
import { describe, expect, it, vi } from 'vitest'
import { HttpError } from '@/server/http/http-error'
import type { Attempt } from './attempt'
import { hashPassword, inPasswordQueue, verifyPassword } from './passwords'

// The real argon2, with a spy on `verify`.
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>()
  return { ...real, verify: vi.fn(real.verify) }
})

describe('a password', () => {
  it('matches its own hash, and no other password does', async () => {
    const hash = await hashPassword('correct horse')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(hash).not.toContain('correct')
    expect(await verifyPassword(hash, 'correct horse')).toBe(true)
    for (const wrong of ['Correct horse', 'correct horse ', ' correct horse', '', 'correct']) {
      expect(await verifyPassword(hash, wrong)).toBe(false)
    }
  })

  it('is salted: hashing it twice gives two hashes', async () => {
    expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse'))
  })

  it('is never cut short: the last of 256 characters counts', async () => {
    for (const character of ['x', '\u{1f525}']) {
      const start = character.repeat(255)
      const hash = await hashPassword(`${start}a`)
      expect(await verifyPassword(hash, `${start}a`)).toBe(true)
      expect(await verifyPassword(hash, `${start}b`)).toBe(false)
      expect(await verifyPassword(hash, start)).toBe(false)
    }
  })

  it('is not cut short at a NUL either', async () => {
    const hash = await hashPassword('before\u0000after')
    expect(await verifyPassword(hash, 'before\u0000other')).toBe(false)
    expect(await verifyPassword(hash, 'before')).toBe(false)
  })

  it('matches however its accents were typed (RFC 8265 §4.2.2)', async () => {
    const hash = await hashPassword('cr\u00e8me br\u00fbl\u00e9e')
    expect(await verifyPassword(hash, 'cre\u0300me bru\u0302le\u0301e')).toBe(true)
    expect(await verifyPassword(hash, 'creme brulee')).toBe(false)
    // NFC keeps compatibility characters apart: a ligature is not its letters.
    expect(await verifyPassword(await hashPassword('\ufb01sh and chips'), 'fish and chips')).toBe(
      false,
    )
  })

  it('never matches without a hash, not even an empty password', async () => {
    expect(await verifyPassword(null, '')).toBe(false)
    expect(await verifyPassword(null, 'correct horse')).toBe(false)
  })

  it('takes the same work to verify without a hash as with one', async () => {
    const hash = await hashPassword('correct horse')
    const work = async (known: string | null) => {
      vi.mocked(verify).mockClear()
      await verifyPassword(known, 'wrong')
      return vi.mocked(verify).mock.calls.map(([phc]) => `${phc}`.split('$').slice(0, 4))
    }
    expect(await work(null)).toEqual(await work(hash))
    expect(await work(null)).toEqual([['', 'argon2id', 'v=19', 'm=19456,t=2,p=1']])
  })
})

describe('the password queue', () => {
  const ada = { account: 'ada', address: '192.0.2.1', device: null }
  const bob = { account: 'bob', address: '198.51.100.7', device: null }

  /** The order in which attempts are worked on that all arrive while two other hashes are running. `-n` means refused. */
  async function orderOf(attempts: readonly Attempt[]): Promise<(number | string)[]> {
    let open = () => {}
    const busy = new Promise<void>((resolve) => {
      open = resolve
    })
    const first = [0, 1].map((n) =>
      inPasswordQueue({ ...ada, account: `first ${n}`, address: `203.0.113.${n}` }, () => busy),
    )
    const done: number[] = []
    const asked = attempts.map((attempt, n) =>
      inPasswordQueue(attempt, async () => void done.push(n)).catch(() => 'refused'),
    )
    open()
    await Promise.all(first)
    const refused = (await Promise.all(asked)).flatMap((answer, n) => (answer ? [`-${n}`] : []))
    return [...done, ...refused]
  }

  /** How many attempts were worked on before attempt `n`; Infinity if it was refused. */
  const placeOf = (order: readonly (number | string)[], n: number) =>
    order.includes(n) ? order.indexOf(n) : Number.POSITIVE_INFINITY

  const times = (count: number, attempt: (n: number) => Attempt) =>
    Array.from({ length: count }, (_, n) => attempt(n))

  it.each<[string, (n: number) => Attempt]>([
    ['at one account', (n) => ({ ...ada, address: `192.0.2.${n}` })],
    ['from one address', (n) => ({ ...ada, account: `guess ${n}` })],
    ['from one /64', (n) => ({ ...ada, account: `guess ${n}`, address: `2001:db8:1:2::${n + 1}` })],
  ])('F44 a flood of sign-ins %s delays itself, and not a bystander', async (_, flooding) => {
    const order = await orderOf([...times(90, flooding), bob])
    expect(order.slice(0, 2)).toEqual([0, 90])
    // The queue had no room for the last of the flood.
    expect(order).not.toContain('-90')
    expect(order.filter((n) => typeof n === 'string')).toHaveLength(90 + 1 - 64)
  })

  it('F44 a flood from all over one /48 has the share of four addresses', async () => {
    const flood = times(90, (n) => ({
      ...ada,
      account: `guess ${n}`,
      address: `2001:db8:1:${(n + 1).toString(16)}::1`,
    }))
    const order = await orderOf([...flood, bob, { ...bob, account: 'eve' }])
    expect(placeOf(order, 90)).toBeLessThanOrEqual(4)
    expect(placeOf(order, 91)).toBeLessThanOrEqual(8)
  })

  it('F44 a flood from everywhere does not keep out a known device', async () => {
    const flood = times(90, (n) => ({ account: `${n}`, address: `198.18.0.${n}`, device: null }))
    const known = { ...bob, device: { id: 'laptop', account: 'bob' } }
    const order = await orderOf([...flood, bob, known, { ...known, account: 'not bob' }])
    expect(placeOf(order, 91)).toBeLessThan(2)
    expect(order).toEqual(expect.arrayContaining(['-90', '-92']))
  })

  it('F44 one known device that floods delays only itself', async () => {
    const of = (account: string) => ({ ...ada, account, device: { id: account, account } })
    const order = await orderOf([...times(90, () => of('ada')), of('bob'), bob])
    expect(placeOf(order, 90)).toBeLessThanOrEqual(3)
    expect(placeOf(order, 91)).toBeLessThanOrEqual(3)
  })

  it('runs two jobs at a time, lets 64 wait, and refuses the next with Retry-After', async () => {
    let running = 0
    let most = 0
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const work = async () => {
      running++
      most = Math.max(most, running)
      await gate
      running--
      return 'done'
    }
    const accepted: Promise<string>[] = []
    for (let i = 0; i < 66; i++) {
      accepted.push(inPasswordQueue(ada, work))
      await Promise.resolve()
    }
    const refusal = await inPasswordQueue(ada, work).catch((error) => error)
    expect(refusal).toBeInstanceOf(HttpError)
    expect(refusal).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } })
    open()
    expect(new Set(await Promise.all(accepted))).toEqual(new Set(['done']))
    expect(accepted).toHaveLength(66)
    expect(most).toBe(2)
    expect(await inPasswordQueue(ada, async () => 'again')).toBe('again')
  })

  it('continues after a job that failed', async () => {
    const failing = Array.from({ length: 5 }, () =>
      inPasswordQueue(ada, async () => {
        throw new Error('broken')
      }),
    )
    for (const { status } of await Promise.allSettled(failing)) expect(status).toBe('rejected')
    expect(await inPasswordQueue(ada, async () => 1)).toBe(1)
  })
})
