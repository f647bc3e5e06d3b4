import { describe, expect, it } from 'vitest'
import { HttpError } from './http-error'
import { hashPassword, inPasswordQueue, verifyPassword } from './passwords'

describe('a password', () => {
  it('is the one that was set, and no other', async () => {
    const hash = await hashPassword('correct horse')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(hash).not.toContain('correct')
    expect(await verifyPassword(hash, 'correct horse')).toBe(true)
    for (const wrong of ['Correct horse', 'correct horse ', ' correct horse', '', 'correct']) {
      expect(await verifyPassword(hash, wrong)).toBe(false)
    }
  })

  it('is salted: the same one twice makes two hashes', async () => {
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

  it('is the same however its accents were typed (RFC 8265 §4.2.2)', async () => {
    const hash = await hashPassword('cr\u00e8me br\u00fbl\u00e9e')
    expect(await verifyPassword(hash, 'cre\u0300me bru\u0302le\u0301e')).toBe(true)
    expect(await verifyPassword(hash, 'creme brulee')).toBe(false)
    // Compatible is not the same: a ligature is not its letters.
    expect(await verifyPassword(await hashPassword('\ufb01sh and chips'), 'fish and chips')).toBe(
      false,
    )
  })

  it('of nobody is no password, not even an empty one', async () => {
    expect(await verifyPassword(null, '')).toBe(false)
    expect(await verifyPassword(null, 'correct horse')).toBe(false)
  })

  it('of nobody costs the same work as somebody’s', async () => {
    const hash = await hashPassword('correct horse')
    const time = async (known: string | null) => {
      const start = process.cpuUsage()
      for (let i = 0; i < 3; i++) await verifyPassword(known, 'wrong')
      const { user, system } = process.cpuUsage(start)
      return user + system
    }
    await time(null)
    const [somebody, nobody] = [[] as number[], [] as number[]]
    for (let round = 0; round < 5; round++) {
      somebody.push(await time(hash))
      nobody.push(await time(null))
    }
    const ratio = Math.min(...nobody) / Math.min(...somebody)
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })
})

describe('the password queue', () => {
  it('works on two at a time, keeps 64 waiting, and tells the next when to come back', async () => {
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
      accepted.push(inPasswordQueue(work))
      await Promise.resolve()
    }
    const refusal = await inPasswordQueue(work).catch((error) => error)
    expect(refusal).toBeInstanceOf(HttpError)
    expect(refusal).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } })
    open()
    expect(new Set(await Promise.all(accepted))).toEqual(new Set(['done']))
    expect(accepted).toHaveLength(66)
    expect(most).toBe(2)
    expect(await inPasswordQueue(async () => 'again')).toBe('again')
  })

  it('goes on after work that failed', async () => {
    const failing = Array.from({ length: 5 }, () =>
      inPasswordQueue(async () => {
        throw new Error('broken')
      }),
    )
    for (const { status } of await Promise.allSettled(failing)) expect(status).toBe('rejected')
    expect(await inPasswordQueue(async () => 1)).toBe(1)
  })
})
