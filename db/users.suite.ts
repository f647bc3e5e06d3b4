import { expect, it } from 'vitest'
import type { NewSession } from '@/session/store'
import { laptop, newId, newSession, newUser, phone, START } from './samples'
import { eachTestsDatabase, type OpenTestDatabase } from './suite'

/** What the server relies on in a user store. */
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

  it('finds nobody under a name that no text can be', async () => {
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

  it('sets a password and ends the other sessions in one step', async () => {
    const [kept, a, b] = [await test.signIn(), await test.signIn(), await test.signIn()]
    const now = START + 1
    const by = { ...phone, keepSession: kept, provenWith: null }
    expect(await test.users.setPassword(test.user.id, 'new hash', now, by)).toBe(2)
    expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash: 'new hash' })
    expect(await test.sessions.list(test.user.id, now)).toMatchObject([{ id: kept }])
    for (const id of [a, b]) {
      expect(await test.sessions.find(id)).toMatchObject({
        endedAt: now,
        endedReason: 'password_changed',
      })
      const event = { kind: 'ended', at: now, detail: 'password_changed', ...phone }
      expect(await events(id)).toMatchObject([event, { kind: 'signed_in' }])
    }
    const event = { kind: 'password_changed', at: now, userId: test.user.id, ...phone }
    expect(await events(kept)).toMatchObject([event, { kind: 'signed_in' }])
  })

  it('ends all sessions when a password is set from outside', async () => {
    const id = await test.signIn()
    const by = { ...laptop, keepSession: null, provenWith: null }
    expect(await test.users.setPassword(test.user.id, 'new hash', START, by)).toBe(1)
    expect(await test.sessions.find(id)).toMatchObject({ endedReason: 'password_changed' })
    expect(await test.users.setPassword(newId(), 'new hash', START, by)).toBeNull()
  })

  it('sets one of twenty passwords that were asked for with the same one, and the others know', async () => {
    const ids = [await test.signIn(), await test.signIn()]
    const other = await test.reopen()
    const by = { ...laptop, keepSession: ids[0] ?? '', provenWith: test.user.passwordHash }
    const changes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? other : test).users.setPassword(test.user.id, `hash ${n}`, START, by),
      ),
    )
    const winner = changes.findIndex((change) => change !== null)
    expect(changes).toEqual(changes.map((_, n) => (n === winner ? 1 : null)))
    const passwordHash = `hash ${winner}`
    expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash })
    expect(await events(by.keepSession)).toHaveLength(2)
    // Who proved nothing changes it all the same.
    const operator = { ...by, provenWith: null }
    expect(await test.users.setPassword(test.user.id, 'reset', START, operator)).toBe(0)
  })

  it('sets no password when it cannot record who did', async () => {
    const id = await test.signIn()
    const nobody = { address: null as never, userAgent: '', keepSession: id, provenWith: null }
    await expect(test.users.setPassword(test.user.id, 'new', START, nobody)).rejects.toThrow()
    expect(await test.users.findById(test.user.id)).toMatchObject({ passwordHash: 'hash' })
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
        keepSession: null,
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
    const by = { ...laptop, keepSession: null, provenWith: null }
    const [early, late] = await Promise.all([
      Promise.all(tried.slice(0, 10).map(signIn)),
      // Begun last.
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

  it('removes nobody who has another password by now, and who is gone is gone', async () => {
    const id = await test.signIn()
    const by = { ...laptop, keepSession: id, provenWith: null }
    await test.users.setPassword(test.user.id, 'new hash', START, by)
    expect(await test.users.remove(test.user)).toBe(false)
    expect(await test.sessions.find(id)).toMatchObject({ endedAt: null })
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
}
