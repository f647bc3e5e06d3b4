import { expect, it } from 'vitest'
import { DAY, HOUR, laptop, newEvent, newUser, rotation, START } from './samples'
import { eachTestsDatabase, type OpenTestDatabase } from './suite'

/** Tests the verb by which time passes for one user. */
export function describeAging(open: OpenTestDatabase): void {
  const test = eachTestsDatabase(open)
  const first = { generation: 0, branch: 0 }

  it('moves every time of the user’s sessions and events into the past, and changes nothing else', async () => {
    const rotated = await test.signIn()
    await test.sessions.advance(rotated, first, rotation(1))
    await test.sessions.prove(rotated, START + 2 * HOUR)
    const ended = await test.signIn({ createdAt: START + HOUR })
    const event = newEvent({
      kind: 'ended',
      at: START + 3 * HOUR,
      sessionId: ended,
      userId: test.user.id,
    })
    await test.sessions.end(ended, 'ended_elsewhere', event)
    const before = [await test.sessions.find(rotated), await test.sessions.find(ended)]
    const events = await test.sessions.history(test.user.id, 9, null)

    expect(await test.database.age(test.user.id, 5 * DAY)).toBe(2)

    const isTime = ([name]: [string, unknown]) => /(At|Time)$/.test(name)
    for (const session of before) {
      const entries = Object.entries(session ?? {})
      expect(entries.filter(isTime).length).toBeGreaterThanOrEqual(6)
      const older = entries.map(([name, value]) => [
        name,
        isTime([name, value]) && value !== null ? Number(value) - 5 * DAY : value,
      ])
      expect(await test.sessions.find(session?.id ?? '')).toEqual(Object.fromEntries(older))
    }
    const created = (session: (typeof events)[number]['session']) =>
      session && { ...session, createdAt: session.createdAt - 5 * DAY }
    expect(await test.sessions.history(test.user.id, 9, null)).toEqual(
      events.map((one) => ({ ...one, at: one.at - 5 * DAY, session: created(one.session) })),
    )
  })

  it('touches nobody else, and finds nothing of a user who is gone or has no session', async () => {
    const other = newUser()
    await test.users.create(other)
    const theirs = await test.signIn({ userId: other.id })
    const before = await test.sessions.find(theirs)
    expect(await test.database.age(test.user.id, DAY)).toBe(0)
    expect(await test.database.age('nobody', DAY)).toBe(0)
    expect(await test.sessions.find(theirs)).toEqual(before)
    expect(await test.sessions.events(theirs, 9)).toMatchObject([{ at: START }])
  })

  it('adds up, and lets sessions expire as time does', async () => {
    const id = await test.signIn({ idleExpiresAt: START + 2 * HOUR, expiresAt: START + 3 * HOUR })
    await test.database.age(test.user.id, HOUR)
    expect(await test.sessions.list(test.user.id, START)).toMatchObject([{ id }])
    await test.database.age(test.user.id, HOUR)
    expect(await test.sessions.list(test.user.id, START)).toEqual([])
    expect(await test.database.prune(START, 9)).toBe(0)
    await test.database.age(test.user.id, HOUR)
    expect(await test.database.prune(START, 9)).toBe(1)
  })

  it('loses no rotation and no sign-out that comes at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => test.signIn()))
    const other = await test.reopen()
    const by = { ...laptop, except: ids[0] ?? '' }
    const [advanced] = await Promise.all([
      other.sessions.advance(ids[0] ?? '', first, rotation(1)),
      test.database.age(test.user.id, HOUR),
      other.sessions.endAll(test.user.id, 'ended_elsewhere', START, by),
      test.database.age(test.user.id, HOUR),
    ])
    expect(advanced).toBe(true)
    for (const id of ids) {
      const signedIn = (await test.sessions.events(id, 9)).find(({ kind }) => kind === 'signed_in')
      expect(signedIn?.at).toBe(START - 2 * HOUR)
    }
    const after = await Promise.all(ids.map((id) => test.sessions.find(id)))
    expect(after[0]).toMatchObject({ generation: 1, endedAt: null })
    for (const session of after) expect(session?.createdAt).toBe(START - 2 * HOUR)
    for (const session of after.slice(1)) expect(session?.endedReason).toBe('ended_elsewhere')
  })
}
