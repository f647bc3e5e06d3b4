import { expect, it } from 'vitest'
import type { NewSession } from '@/session/session'
import {
  HOUR,
  laptop,
  newEvent,
  newId,
  newMove,
  newSession,
  newUser,
  phone,
  rotation,
  START,
} from './samples'
import { eachTestsDatabase, type OpenTestDatabase } from './suite'

/** Tests what the server relies on in a user store. */
export function describeUsers(open: OpenTestDatabase): void {
  const test = eachTestsDatabase(open)
  const events = (id: string) => test.sessions.events(id, 100)

  it('finds a user by name key and by id', async () => {
    const user = { ...test.user, disabledAt: null, verified: false }
    expect(await test.users.findByName(user.nameKey)).toEqual(user)
    expect(await test.users.findById(user.id)).toEqual(user)
    expect(await test.users.findByName('nobody')).toBeNull()
    expect(await test.users.findById(newId())).toBeNull()
  })

  it('finds no user under a name that cannot be stored', async () => {
    expect(await test.users.findByName(`${test.user.nameKey}\0`)).toBeNull()
    expect(await test.users.findByName('\0')).toBeNull()
    expect(await test.users.findByName('\ud800')).toBeNull()
  })

  it('gives a name to one of twenty who ask for it at once', async () => {
    const other = await test.reopen()
    const asked = Array.from({ length: 20 }, () => newUser({ nameKey: 'ann' }))
    const made = await Promise.all(asked.map((u, n) => (n % 2 ? other : test).users.create(u)))
    expect(made.filter(Boolean)).toHaveLength(1)
    const winner = asked[made.indexOf(true)]
    expect(await test.users.findByName('ann')).toMatchObject({ id: winner?.id })
  })

  it('mirrors users of another table, who may share a name with each other and with a user of this one', async () => {
    const [mira, twin] = [newId(), newId()].map((id) => ({
      id,
      name: test.user.name,
      createdAt: START,
    }))
    for (const user of [mira, twin]) {
      if (!user) throw new Error('two users')
      expect(await test.users.mirror(user)).toBe(true)
      const { id, name, createdAt } = user
      expect(await test.users.findById(id)).toEqual({
        ...{ id, name, createdAt, nameKey: ` ${id}` },
        ...{ passwordHash: null, disabledAt: null, verified: false },
      })
    }
    expect(await test.users.findByName(test.user.nameKey)).toMatchObject({ id: test.user.id })
  })

  it('mirrors a name that has changed, and keeps the rest of the row', async () => {
    const id = newId()
    const other = await test.reopen()
    const made = await Promise.all(
      ['A', 'A', 'A', 'A'].map((name, n) =>
        (n % 2 ? other : test).users.mirror({ id, name, createdAt: START + n }),
      ),
    )
    expect(made).toEqual([true, true, true, true])
    await test.disable(id)
    const before = await test.users.findById(id)
    expect(await test.users.mirror({ id, name: 'B', createdAt: START + 9 })).toBe(true)
    expect(await test.users.findById(id)).toEqual({ ...before, name: 'B' })
    expect(before?.disabledAt).not.toBeNull()
  })

  it('never mirrors over a user who has a password', async () => {
    const before = await test.users.findById(test.user.id)
    const { id } = test.user
    expect(await test.users.mirror({ id, name: 'Taken over', createdAt: START })).toBe(false)
    expect(await test.users.findById(id)).toEqual(before)
  })

  it('keeps a user without a password apart from one with an empty one', async () => {
    const user = newUser({ passwordHash: null })
    expect(await test.users.create(user)).toBe(true)
    expect(await test.users.findByName(user.nameKey)).toMatchObject({ passwordHash: null })
    const by = { ...laptop, moves: null, provenWith: 'a hash' }
    expect(await test.users.setPassword(user.id, 'new', START, by)).toBeNull()
  })

  it('removes a user without a password only as one', async () => {
    const id = newId()
    await test.users.mirror({ id, name: 'Mira', createdAt: START })
    expect(await test.users.remove({ id, passwordHash: 'hash' })).toBe(false)
    expect(await test.users.remove({ id: test.user.id, passwordHash: null })).toBe(false)
    expect(await test.users.findById(test.user.id)).not.toBeNull()
    expect(await test.users.remove({ id, passwordHash: null })).toBe(true)
    expect(await test.users.findById(id)).toBeNull()
  })

  it('sets a password and ends the other sessions in one step', async () => {
    const [kept, a, b] = [await test.signIn(), await test.signIn(), await test.signIn()]
    const now = START + 1
    const moves = newMove(kept)
    const by = { ...phone, moves, provenWith: null }
    const changed = { ended: 2, moved: true }
    expect(await test.users.setPassword(test.user.id, 'new hash', now, by)).toEqual(changed)
    expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash: 'new hash' })
    expect(await test.sessions.list(test.user.id, now)).toMatchObject([{ id: moves.to }])
    for (const id of [a, b]) {
      expect(await test.sessions.find(id)).toMatchObject({
        endedAt: now,
        endedReason: 'password_changed',
      })
      const event = { kind: 'ended', at: now, detail: 'password_changed', ...phone }
      expect(await events(id)).toMatchObject([event, { kind: 'signed_in' }])
    }
    const event = { kind: 'password_changed', at: now, userId: test.user.id, ...phone }
    expect(await events(moves.to)).toMatchObject([event])
  })

  it('F41 moves the session that changes the password: what is known of it stays, and no token of it is good', async () => {
    const from = await test.signIn()
    await test.sessions.advance(from, { generation: 0, branch: 0 }, rotation(1))
    const before = await test.sessions.find(from)
    const now = START + 2 * HOUR
    const moves = newMove(from)
    const by = { ...laptop, moves, provenWith: test.user.passwordHash }
    const changed = { ended: 0, moved: true }
    expect(await test.users.setPassword(test.user.id, 'new hash', now, by)).toEqual(changed)
    expect(await test.sessions.find(moves.to)).toEqual({
      ...before,
      ...{ id: moves.to, generation: 0, branch: 0, parentBranch: 0 },
      ...{ issuedAt: now, authTime: now, idleExpiresAt: moves.idleExpiresAt },
      ...laptop,
    })
    const ended = { endedAt: now, endedReason: 'password_changed' }
    expect(await test.sessions.find(from)).toEqual({ ...before, ...ended })
    const late = rotation(2)
    expect(await test.sessions.advance(from, { generation: 1, branch: 0 }, late)).toBe(false)
    expect(await events(from)).toMatchObject([{ kind: 'signed_in' }])
  })

  it('F41 moves no session that had ended or is somebody else’s, and changes the password all the same', async () => {
    const over = await test.signIn()
    const event = newEvent({ kind: 'ended', sessionId: over, userId: test.user.id })
    await test.sessions.end(over, 'signed_out', event)
    const other = newUser()
    await test.users.create(other)
    const foreign = await test.signIn({ userId: other.id })
    for (const from of [over, foreign, newId()]) {
      const moves = newMove(from)
      const by = { ...laptop, moves, provenWith: null }
      const changed = { ended: 0, moved: false }
      const hash = `for ${from}`
      expect(await test.users.setPassword(test.user.id, hash, START, by)).toEqual(changed)
      expect(await test.sessions.find(moves.to)).toBeNull()
      expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash: hash })
    }
    expect(await test.sessions.find(over)).toMatchObject({ endedReason: 'signed_out' })
    expect(await test.sessions.find(foreign)).toMatchObject({ endedAt: null })
  })

  it('F41 lets a sign-out that comes at the same time win, whichever is first', async () => {
    const other = await test.reopen()
    for (let n = 0; n < 10; n++) {
      const from = await test.signIn({ passwordHash: n === 0 ? 'hash' : `hash ${n - 1}` })
      const event = newEvent({ kind: 'ended', sessionId: from, userId: test.user.id })
      const by = { ...laptop, moves: newMove(from), provenWith: null }
      const [signedOut, changed] = await Promise.all([
        other.sessions.end(from, 'signed_out', event),
        test.users.setPassword(test.user.id, `hash ${n}`, START, by),
      ])
      expect(changed?.moved).toBe(!signedOut)
      const live = await test.sessions.list(test.user.id, START)
      expect(live.map(({ id }) => id)).toEqual(signedOut ? [] : [by.moves.to])
    }
  })

  it('ends all sessions when a password is set from outside', async () => {
    const id = await test.signIn()
    const by = { ...laptop, moves: null, provenWith: null }
    expect(await test.users.setPassword(test.user.id, 'new hash', START, by)).toEqual({
      ended: 1,
      moved: false,
    })
    expect(await test.sessions.find(id)).toMatchObject({ endedReason: 'password_changed' })
    expect(await test.users.setPassword(newId(), 'new hash', START, by)).toBeNull()
  })

  it('carries out one of twenty password changes that prove the same password, and returns null for the others', async () => {
    const ids = [await test.signIn(), await test.signIn()]
    const other = await test.reopen()
    const by = { ...laptop, provenWith: test.user.passwordHash }
    const moves = Array.from({ length: 20 }, () => newMove(ids[0] ?? ''))
    const changes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? other : test).users.setPassword(test.user.id, `hash ${n}`, START, {
          ...by,
          moves: moves[n] ?? null,
        }),
      ),
    )
    const winner = changes.findIndex((change) => change !== null)
    expect(changes).toEqual(
      changes.map((_, n) => (n === winner ? { ended: 1, moved: true } : null)),
    )
    const passwordHash = `hash ${winner}`
    expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash })
    const live = await test.sessions.list(test.user.id, START)
    expect(live.map(({ id }) => id)).toEqual([moves[winner]?.to])
    // An operator proves nothing, and changes it all the same.
    const operator = { ...laptop, moves: null, provenWith: null }
    const reset = await test.users.setPassword(test.user.id, 'reset', START, operator)
    expect(reset).toEqual({ ended: 1, moved: false })
  })

  it('sets no password when it cannot record the client', async () => {
    const id = await test.signIn()
    const moves = newMove(id)
    const unknownClient = { address: null as never, userAgent: '', moves, provenWith: null }
    await expect(
      test.users.setPassword(test.user.id, 'new', START, unknownClient),
    ).rejects.toThrow()
    expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash: 'hash' })
    expect(await test.sessions.list(test.user.id, START)).toMatchObject([{ id }])
  })

  it('lets no refresh survive a password change', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => test.signIn()))
    const other = await test.reopen()
    const to = {
      generation: 1,
      branch: 0,
      parentBranch: 0,
      issuedAt: START,
      idleExpiresAt: START + 9,
      oauthClientId: null,
    }
    const refresh = (id: string) =>
      other.sessions.advance(id, { generation: 0, branch: 0 }, { ...to, ...laptop })
    await Promise.all([
      ...ids.slice(0, 5).map(refresh),
      test.users.setPassword(test.user.id, 'new hash', START, {
        ...laptop,
        moves: null,
        provenWith: null,
      }),
      ...ids.slice(5).map(refresh),
    ])
    expect(await test.sessions.list(test.user.id, START)).toEqual([])
  })

  it('lets no sign-in with the old password survive its change, whichever comes first', async () => {
    const other = await test.reopen()
    const tried = Array.from({ length: 20 }, () => newSession({ userId: test.user.id }))
    const signIn = (session: NewSession, n: number) =>
      (n % 2 ? other : test).sessions.create(session, { replaces: null, maxLive: 100 })
    const by = { ...laptop, moves: null, provenWith: null }
    const [early, late] = await Promise.all([
      Promise.all(tried.slice(0, 10).map(signIn)),
      // These sign-ins begin last.
      test.users
        .setPassword(test.user.id, 'new hash', START, by)
        .then(() => Promise.all(tried.slice(10).map(signIn))),
    ])
    expect(late).toEqual(late.map(() => false))
    expect(await test.sessions.list(test.user.id, START)).toEqual([])
    for (const [n, made] of early.entries()) {
      const session = await test.sessions.find(tried[n]?.id ?? '')
      expect(session?.endedReason).toBe(made ? 'password_changed' : undefined)
    }
  })

  it('removes no user whose password has changed, and returns true for a user who is gone', async () => {
    const id = await test.signIn()
    const by = { ...laptop, moves: newMove(id), provenWith: null }
    await test.users.setPassword(test.user.id, 'new hash', START, by)
    expect(await test.users.remove(test.user)).toBe(false)
    expect(await test.sessions.find(by.moves.to)).toMatchObject({ endedAt: null })
    const other = await test.reopen()
    const now = { ...test.user, passwordHash: 'new hash' }
    const removals = [test, other, test, other].map(({ users }) => users.remove(now))
    expect(await Promise.all(removals)).toEqual([true, true, true, true])
    expect(await test.users.findById(test.user.id)).toBeNull()
  })

  it('removes a user with every session and event, and nobody else', async () => {
    const id = await test.signIn()
    const other = newUser()
    await test.users.create(other)
    const stays = await test.signIn({ userId: other.id })
    expect(await test.users.remove(test.user)).toBe(true)
    expect(await test.users.findById(test.user.id)).toBeNull()
    expect(await test.sessions.find(id)).toBeNull()
    expect(await events(id)).toEqual([])
    expect(await test.sessions.find(stays)).not.toBeNull()
    expect(await events(stays)).toHaveLength(1)
    expect(await test.users.create(newUser({ nameKey: test.user.nameKey }))).toBe(true)
  })

  it('removes all users of a prefix who are old enough, in batches, with every session and event, and nobody else', async () => {
    const add = async (id: string, createdAt: number) => {
      await test.users.create(newUser({ id, createdAt }))
      return test.signIn({ userId: id })
    }
    const gone = await Promise.all([1, 2, 3].map((n) => add(`x.${n}`, START)))
    const young = await add('x.4', START + 1)
    const others = await Promise.all(['x', 'x-1', 'x/1', 'w.1'].map((id) => add(id, START)))
    const batches = [1, 2].map(() => test.users.removeAll('x.', START + 1, 2))
    expect((await Promise.all(batches)).reduce((sum, count) => sum + count)).toBe(3)
    expect(await test.users.removeAll('x.', START + 1, 2)).toBe(0)
    for (const id of gone) {
      expect(await test.sessions.find(id)).toBeNull()
      expect(await events(id)).toEqual([])
    }
    for (const id of [young, ...others]) expect(await test.sessions.find(id)).not.toBeNull()
  })
}
