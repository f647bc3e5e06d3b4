import { expect, it } from 'vitest'
import { EVENT_AGE_MS, RETIRED_AGE_MS } from '@/db/database'
import { SessionError } from '@/session/errors'
import { dueFrom, laptop, newEvent, newId, rotation, START } from './samples'
import { eachTestsDatabase, type OpenTestDatabase } from './suite'

/** Tests what the server relies on in a database besides sessions and users. */
export function describeUpkeep(open: OpenTestDatabase): void {
  const test = eachTestsDatabase(open)

  it('F22: prunes sessions past their absolute expiry in batches, and no others', async () => {
    const signIns = [1, 2, 3].map((n) => test.signIn({ expiresAt: START + n }))
    const expired = await Promise.all(signIns)
    const live = await test.signIn({ expiresAt: START + 4 })
    const idle = await test.signIn({ idleExpiresAt: START })
    const deleted = [
      await test.database.prune(START + 3, 2),
      await test.database.prune(START + 3, 2),
    ]
    expect(deleted).toEqual([2, 1])
    expect(await test.database.prune(START + 3, 2)).toBe(0)
    for (const id of expired) expect(await test.sessions.find(id)).toBeNull()
    expect(await test.sessions.find(live)).not.toBeNull()
    expect(await test.sessions.find(idle)).not.toBeNull()
  })

  it('prunes events by age, and keeps those of a pruned session until then', async () => {
    const id = await test.signIn({ expiresAt: START + 1 })
    const event = newEvent({
      kind: 'reuse_detected',
      sessionId: id,
      userId: test.user.id,
      at: START + 1,
    })
    await test.sessions.record(event, 0)
    expect(await test.database.prune(START + EVENT_AGE_MS, 100)).toBe(1)
    expect(await test.sessions.events(id, 9)).toHaveLength(2)
    expect(await test.database.prune(START + EVENT_AGE_MS + 1, 100)).toBe(1)
    expect(await test.sessions.events(id, 9)).toMatchObject([{ kind: 'reuse_detected' }])
  })

  it('prunes retired access tokens when no request can wait any more that came before they expired', async () => {
    const id = await test.signIn()
    await test.sessions.retire('old', START)
    await test.sessions.retire('new', START + 1)
    const now = START + RETIRED_AGE_MS
    expect(await test.database.prune(now - 1, 100)).toBe(0)
    expect(await test.sessions.findFor(id, 'old')).toMatchObject({ retired: true })
    expect(await test.database.prune(now, 100)).toBe(1)
    expect(await test.sessions.findFor(id, 'old')).toMatchObject({ retired: false })
    expect(await test.sessions.findFor(id, 'new')).toMatchObject({ retired: true })
  })

  it('prunes limits that ran out', async () => {
    const limiter = test.database.limiter({ keyPrefix: 'p', points: 1, duration: 60 })
    await limiter.consume('a')
    expect(await test.database.prune(Date.now(), 100)).toBe(0)
    expect(await test.database.prune(Date.now() + 60_001, 100)).toBe(1)
  })

  it('lets no more through a limit than it says, over all handles', async () => {
    const options = { keyPrefix: 'sign-in', points: 10, duration: 60 }
    const limiters = [test.database.limiter(options), (await test.reopen()).limiter(options)]
    const tries = Array.from({ length: 40 }, (_, n) => limiters[n % 2]?.consume('ann'))
    const outcomes = await Promise.allSettled(tries)
    expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(10)
    expect(outcomes.find((o) => o.status === 'rejected')?.reason).toMatchObject({
      remainingPoints: 0,
      msBeforeNext: expect.any(Number),
    })
    await expect(limiters[0]?.consume('bob')).resolves.toMatchObject({ remainingPoints: 9 })
    const another = test.database.limiter({ ...options, keyPrefix: 'other' })
    await expect(another.consume('ann')).resolves.toMatchObject({ remainingPoints: 9 })
  })

  it('still limits, in memory, when it does not answer', async () => {
    const limiter = test.database.limiter({ keyPrefix: 'p', points: 1, duration: 60 })
    await test.database.close()
    await expect(limiter.consume('a')).resolves.toMatchObject({ remainingPoints: 0 })
    await expect(limiter.consume('a')).rejects.toMatchObject({ remainingPoints: 0 })
  })

  it('says what time it is', async () => {
    const before = Date.now()
    const now = await test.database.now()
    // The database runs on this machine, so the clocks agree, up to rounding to milliseconds.
    expect(now).toBeGreaterThan(before - 2)
    expect(now).toBeLessThan(Date.now() + 2)
  })

  it('keeps what was written when it is opened again', async () => {
    const id = await test.signIn()
    await test.sessions.advance(id, { generation: 0, branch: 0 }, rotation(1))
    await test.database.close()
    const again = await test.reopen()
    expect(await again.sessions.find(id)).toMatchObject({ generation: 1 })
  })

  it('is unavailable, with a time to try again, once it does not answer', async () => {
    const { database, sessions, users, user } = test
    await database.ping()
    await database.close()
    await database.close()
    const id = newId()
    const by = { ...laptop, except: null, moves: null, provenWith: null }
    const event = newEvent({ sessionId: id, userId: user.id })
    const verbs = [
      () => database.ping(),
      () => database.now(),
      () => database.prune(START, 1),
      () => database.age(user.id, 1),
      () => test.signIn(),
      () => sessions.find(id),
      () => sessions.findFor(id, 'jti'),
      () => sessions.retire('jti', START),
      () => sessions.userExists(id),
      () => sessions.advance(id, { generation: 0, branch: 0 }, rotation(1)),
      () => sessions.findToRotate(id, dueFrom({ generation: 0, branch: 0 }, user.id), rotation(1)),
      () => sessions.end(id, 'signed_out', event),
      () => sessions.endAll(user.id, 'signed_out', START, by),
      () => sessions.prove(id, START),
      () => sessions.list(user.id, START),
      () => sessions.record(event, 0),
      () => sessions.events(id, 1),
      () => sessions.history(user.id, 1, null),
      () => sessions.alert(user.id),
      () => users.findByName('ann'),
      () => users.findById(id),
      () => users.create(user),
      () => users.setPassword(user.id, 'hash', START, by),
      () => users.remove(user),
    ]
    for (const verb of verbs) {
      const failure = await verb().then(
        () => null,
        (error: unknown) => error,
      )
      expect(failure, String(verb)).toBeInstanceOf(SessionError)
      expect(failure).toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 })
    }
  })
}
