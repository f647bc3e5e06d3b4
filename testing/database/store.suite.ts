import { describe, expect, it } from 'vitest'
import type { NewSession, NewSessionEvent } from '@/session/session'
import { describeAging } from './aging.suite'
import { describeRotations } from './rotations.suite'
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
import { describeUpkeep } from './upkeep.suite'
import { describeUsers } from './users.suite'

const first = { generation: 0, branch: 0 }

/** Tests everything that the server relies on in a database, on any engine. */
export function describeStore(name: string, open: OpenTestDatabase): void {
  describe(`${name} as a session store`, () => describeSessions(open))
  describe(`${name}: a rotation in the verb that reads`, () => describeRotations(open))
  describe(`${name} as a user store`, () => describeUsers(open))
  describe(`${name}: upkeep`, () => describeUpkeep(open))
  describe(`${name}: time that passes for one user`, () => describeAging(open))
}

function describeSessions(open: OpenTestDatabase): void {
  const test = eachTestsDatabase(open)
  const ended = (sessionId: string, fields = {}) =>
    newEvent({ kind: 'ended', sessionId, userId: test.user.id, detail: 'signed_out', ...fields })
  const kinds = async (id: string) => (await test.sessions.events(id, 100)).map((e) => e.kind)

  describe('create', () => {
    async function expectNothingOf(fields: Partial<NewSession>, replaces: string) {
      const session = newSession({ userId: test.user.id, createdAt: START + 1, ...fields })
      expect(await test.sessions.create(session, { replaces, maxLive: 1 })).toBe(false)
      expect(await test.sessions.find(session.id)).toBeNull()
      expect(await kinds(session.id)).toEqual([])
    }

    it('with the id of a session that exists adds, ends and records nothing', async () => {
      const other = await test.signIn()
      const session = newSession({ userId: test.user.id })
      const create = (replaces: string | null) =>
        test.sessions.create(session, { replaces, maxLive: 2 })
      expect(await Promise.all([create(null), create(null)])).toEqual([true, true])
      expect(await create(other)).toBe(true)
      expect((await test.sessions.find(other))?.endedAt).toBeNull()
      expect(await kinds(session.id)).toEqual(['signed_in'])
    })

    it('adds a session at its first position, with its user', async () => {
      const id = await test.signIn()
      expect(await test.sessions.find(id)).toEqual({
        id,
        userId: test.user.id,
        userName: test.user.name,
        userVerified: false,
        userHasPassword: true,
        userDisabled: false,
        ...{ generation: 0, branch: 0, parentBranch: 0 },
        ...{ createdAt: START, issuedAt: START, authTime: START },
        ...{ idleExpiresAt: START + 14 * 24 * HOUR, expiresAt: START + 30 * 24 * HOUR },
        ...{ endedAt: null, endedReason: null, oauthClientId: null },
        ...{ deviceName: null, renewals: 0 },
        ...laptop,
      })
      expect(await test.sessions.events(id, 10)).toMatchObject([
        {
          kind: 'signed_in',
          at: START,
          sessionId: id,
          userId: test.user.id,
          detail: null,
          ...laptop,
        },
      ])
    })

    it('ends the session that it replaces, once', async () => {
      const old = await test.signIn()
      const other = await test.signIn()
      await test.signIn({ createdAt: START + 1, ...phone }, { replaces: old })
      await test.signIn({ createdAt: START + 2 }, { replaces: old })
      expect(await test.sessions.find(old)).toMatchObject({
        endedAt: START + 1,
        endedReason: 'replaced',
      })
      expect(await test.sessions.events(old, 1)).toMatchObject([
        { kind: 'ended', detail: 'replaced', at: START + 1, ...phone },
      ])
      expect(await kinds(old)).toEqual(['ended', 'signed_in'])
      expect(await test.sessions.find(other)).toMatchObject({ endedAt: null })
    })

    it('ends the oldest live sessions over the limit, and never the new one', async () => {
      const ids: string[] = []
      // The newest session has the earliest time, because its machine's clock is behind.
      for (const createdAt of [3, 1, 2, 4, 0]) {
        ids.push(await test.signIn({ createdAt: START + createdAt }, { maxLive: 3 }))
      }
      const reasons = await Promise.all(
        ids.map(async (id) => (await test.sessions.find(id))?.endedReason),
      )
      expect(reasons).toEqual([null, 'over_limit', 'over_limit', null, null])
      expect(await test.sessions.events(ids[1] ?? '', 1)).toMatchObject([
        { kind: 'ended', detail: 'over_limit' },
      ])
    })

    it('F32 ends the sessions that went unused for longest, not the old one that a person uses while a script signs in', async () => {
      const person = await test.signIn({ createdAt: START }, { maxLive: 3 })
      const scripts: string[] = []
      for (let n = 1; n <= 4; n++) {
        const at = START + n * HOUR
        const position = { generation: n - 1, branch: 0 }
        const used = rotation(n, { issuedAt: at - 1 })
        expect(await test.sessions.advance(person, position, used)).toBe(true)
        scripts.push(await test.signIn({ createdAt: at }, { maxLive: 3 }))
      }
      const reasons = await Promise.all(
        [person, ...scripts].map(async (id) => (await test.sessions.find(id))?.endedReason),
      )
      expect(reasons).toEqual([null, 'over_limit', 'over_limit', null, null])
    })

    it('counts neither ended nor expired sessions, nor another user’s, towards the limit', async () => {
      const kept = await test.signIn({ createdAt: START - 1 })
      const out = await test.signIn()
      await test.sessions.end(out, 'signed_out', ended(out))
      await test.signIn({ idleExpiresAt: START })
      await test.signIn({ expiresAt: START })
      await test.signIn({ createdAt: START }, { maxLive: 2 })
      expect(await test.sessions.find(kept)).toMatchObject({ endedAt: null })
    })

    it('keeps to the limit, however many sign in at once', async () => {
      const other = await test.reopen()
      const many = Array.from({ length: 20 }, (_, n) => {
        const session = newSession({ userId: test.user.id, createdAt: START + n })
        const { sessions } = n % 2 ? other : test
        return sessions.create(session, { replaces: null, maxLive: 3 })
      })
      await Promise.all(many)
      expect(await test.sessions.list(test.user.id, START + 20)).toHaveLength(3)
    })

    it('neither adds nor ends a session for a password that has been changed', async () => {
      const old = await test.signIn()
      await expectNothingOf({ passwordHash: 'another hash' }, old)
      await expectNothingOf({ userId: newId() }, old)
      const by = { ...laptop, moves: newMove(old), provenWith: null }
      await test.users.setPassword(test.user.id, 'new hash', START, by)
      const { to } = by.moves
      await expectNothingOf({}, to)
      expect(await test.sessions.find(to)).toMatchObject({ endedAt: null })
      expect(await kinds(to)).toEqual(['password_changed'])
      const id = await test.signIn({ passwordHash: 'new hash' }, { replaces: old })
      expect(await test.sessions.find(id)).toMatchObject({ endedAt: null })
    })

    it('adds nothing for a user who is disabled', async () => {
      const old = await test.signIn()
      await test.disable(test.user.id)
      await expectNothingOf({}, old)
      expect(await test.sessions.find(old)).toMatchObject({ endedAt: null })
    })

    it('without a password asks only that the user exists and is not disabled', async () => {
      const old = await test.signIn({ passwordHash: null })
      expect(await test.sessions.find(old)).toMatchObject({ userHasPassword: true })
      await expectNothingOf({ passwordHash: null, userId: newId() }, old)
      await test.disable(test.user.id)
      await expectNothingOf({ passwordHash: null }, old)
    })

    it('with a password adds nothing for a user who has none', async () => {
      const [id, old] = [newId(), await test.signIn()]
      await test.users.mirror({ id, name: 'Mira', createdAt: START })
      await expectNothingOf({ userId: id }, old)
      const begun = await test.signIn({ userId: id, passwordHash: null })
      const row = { userId: id, userName: 'Mira', userHasPassword: false, userVerified: false }
      expect(await test.sessions.find(begun)).toMatchObject(row)
      expect((await test.sessions.findFor(begun, 'jti'))?.session).toMatchObject(row)
      expect(await test.sessions.list(id, START)).toMatchObject([row])
    })

    it('changes nothing when it fails', async () => {
      const old = await test.signIn()
      await expect(test.signIn({ address: null as never }, { maxLive: 1 })).rejects.toThrow()
      expect(await test.sessions.find(old)).toMatchObject({ endedAt: null })
      expect(await kinds(old)).toEqual(['signed_in'])
    })
  })

  describe('retire', () => {
    it('retires one access token, and leaves its session and the other tokens alone', async () => {
      const id = await test.signIn()
      const session = await test.sessions.find(id)
      expect(await test.sessions.findFor(id, 'one')).toEqual({ session, retired: false })
      await test.sessions.retire('one', START + 1)
      await test.sessions.retire('one', START + 1)
      expect(await test.sessions.findFor(id, 'one')).toEqual({ session, retired: true })
      expect(await test.sessions.findFor(id, 'other')).toEqual({ session, retired: false })
      expect(await test.sessions.findFor(newId(), 'one')).toBeNull()
      const again = await test.reopen()
      expect(await again.sessions.findFor(id, 'one')).toEqual({ session, retired: true })
    })
  })

  describe('userExists', () => {
    it('is true of users with and without a session', async () => {
      expect(await test.sessions.userExists(test.user.id)).toBe(true)
      expect(await test.sessions.userExists(newId())).toBe(false)
      await test.signIn()
      await test.users.remove(test.user)
      expect(await test.sessions.userExists(test.user.id)).toBe(false)
    })
  })

  describe('advance', () => {
    it('writes the position, the times, the client and one more renewal, and nothing else', async () => {
      const id = await test.signIn()
      const before = await test.sessions.find(id)
      const to = rotation(3, { branch: 2, parentBranch: 1, oauthClientId: 'phone' })
      expect(await test.sessions.advance(id, first, to)).toBe(true)
      const after = { ...before, ...to, renewals: 1 }
      expect(await test.sessions.find(id)).toEqual(after)
    })

    it('takes no session from the OAuth client that it belongs to', async () => {
      const id = await test.signIn()
      const claimed = rotation(0, { oauthClientId: 'phone' })
      expect(await test.sessions.advance(id, first, claimed)).toBe(true)
      for (const oauthClientId of ['api', null]) {
        expect(await test.sessions.advance(id, first, rotation(1, { oauthClientId }))).toBe(false)
      }
      expect(await test.sessions.find(id)).toMatchObject({ generation: 0, oauthClientId: 'phone' })
      const own = rotation(1, { oauthClientId: 'phone' })
      expect(await test.sessions.advance(id, first, own)).toBe(true)
    })

    it('F1: has one winner among twenty at once, on two handles', async () => {
      const id = await test.signIn()
      const other = await test.reopen()
      const racers = Array.from({ length: 20 }, (_, n) => {
        const { sessions } = n % 2 ? other : test
        return sessions.advance(id, first, rotation(1, { userAgent: `racer ${n}` }))
      })
      const won = await Promise.all(racers)
      expect(won.filter(Boolean)).toHaveLength(1)
      const winner = `racer ${won.indexOf(true)}`
      expect(await test.sessions.find(id)).toMatchObject({ generation: 1, userAgent: winner })
    })

    it('moves no session that is elsewhere, or unknown', async () => {
      const id = await test.signIn()
      await test.sessions.advance(id, first, rotation(1, { branch: 1 }))
      const before = await test.sessions.find(id)
      expect(await test.sessions.advance(id, first, rotation(2))).toBe(false)
      expect(await test.sessions.advance(id, { generation: 1, branch: 0 }, rotation(2))).toBe(false)
      expect(await test.sessions.advance(id, { generation: 2, branch: 1 }, rotation(2))).toBe(false)
      expect(await test.sessions.advance(newId(), first, rotation(2))).toBe(false)
      expect(await test.sessions.find(id)).toEqual(before)
    })
  })

  describe('end', () => {
    it('beats any refresh, whichever comes first', async () => {
      for (const order of ['end first', 'refresh first', 'at once']) {
        const id = await test.signIn()
        const end = () => test.sessions.end(id, 'signed_out', ended(id))
        const refresh = () => test.sessions.advance(id, first, rotation(1))
        const early = order === 'refresh first' && (await refresh())
        const ending = end()
        if (order === 'end first') await ending
        const [done, late] = await Promise.all([ending, refresh()])
        expect(done).toBe(true)
        if (order === 'end first') expect(late).toBe(false)
        if (order === 'refresh first') expect([early, late]).toEqual([true, false])
        const generation = early || late ? 1 : 0
        expect(await test.sessions.find(id)).toMatchObject({
          generation,
          endedReason: 'signed_out',
        })
        expect(await test.sessions.advance(id, { generation, branch: 0 }, rotation(2))).toBe(false)
      }
    })

    it('happens once, and keeps its first reason', async () => {
      const id = await test.signIn()
      const other = await test.reopen()
      const reasons = ['signed_out', 'reused', 'ended_elsewhere'] as const
      const ends = await Promise.all(
        reasons.map((reason, n) => {
          const event = ended(id, { at: START + n, detail: reason, ...phone })
          return (n % 2 ? other : test).sessions.end(id, reason, event)
        }),
      )
      expect(ends.filter(Boolean)).toHaveLength(1)
      const winner = ends.indexOf(true)
      const [endedAt, endedReason] = [START + winner, reasons[winner]]
      expect(await test.sessions.find(id)).toMatchObject({ endedAt, endedReason })
      expect(await test.sessions.end(id, 'replaced', ended(id))).toBe(false)
      expect(await test.sessions.find(id)).toMatchObject({ endedAt, endedReason })
      expect((await kinds(id)).sort()).toEqual(['ended', 'signed_in'])
      const events = await test.sessions.events(id, 100)
      expect(events).toContainEqual(
        expect.objectContaining({ kind: 'ended', at: endedAt, detail: endedReason, ...phone }),
      )
    })

    it('ends only a session of the given user, at the given position', async () => {
      const id = await test.signIn()
      const end = (where: Parameters<typeof test.sessions.end>[3]) =>
        test.sessions.end(id, 'ended_elsewhere', ended(id), where)
      expect(await end({ userId: newId() })).toBe(false)
      expect(await end({ at: { generation: 1, branch: 0 } })).toBe(false)
      expect(await end({ at: { generation: 0, branch: 1 } })).toBe(false)
      expect(await end({ userId: newId(), at: first })).toBe(false)
      expect(await kinds(id)).toEqual(['signed_in'])
      expect(await end({ userId: test.user.id, at: first })).toBe(true)
    })

    it('changes nothing when its event cannot be recorded', async () => {
      const id = await test.signIn()
      const event = ended(id, { userId: newId() })
      await expect(test.sessions.end(id, 'signed_out', event)).rejects.toThrow()
      expect(await test.sessions.find(id)).toMatchObject({ endedAt: null, endedReason: null })
    })

    it('says false of an unknown session', async () => {
      const id = newId()
      expect(await test.sessions.end(id, 'signed_out', ended(id))).toBe(false)
      expect(await kinds(id)).toEqual([])
    })
  })

  describe('endAll', () => {
    it('ends every live session of the user but one, with an event each', async () => {
      const [kept, gone] = [await test.signIn(), await test.signIn()]
      const out = await test.signIn()
      await test.sessions.end(out, 'signed_out', ended(out))
      const expired = await test.signIn({ expiresAt: START + 1 })
      const now = START + 1
      const by = { ...phone, except: kept }
      expect(await test.sessions.endAll(test.user.id, 'ended_elsewhere', now, by)).toBe(1)
      expect(await test.sessions.find(gone)).toMatchObject({
        endedAt: now,
        endedReason: 'ended_elsewhere',
      })
      expect(await test.sessions.events(gone, 1)).toMatchObject([
        { kind: 'ended', at: now, detail: 'ended_elsewhere', ...phone },
      ])
      expect(await test.sessions.find(kept)).toMatchObject({ endedAt: null })
      expect(await test.sessions.find(out)).toMatchObject({ endedReason: 'signed_out' })
      expect(await kinds(expired)).toEqual(['signed_in'])
      expect(
        await test.sessions.endAll(newId(), 'ended_elsewhere', now, { ...by, except: null }),
      ).toBe(0)
      expect(
        await test.sessions.endAll(test.user.id, 'ended_elsewhere', now, { ...by, except: null }),
      ).toBe(1)
    })
  })

  describe('prove', () => {
    it('notes when the password was proved, and nothing else, in a session that has not ended', async () => {
      const id = await test.signIn()
      const before = await test.sessions.find(id)
      expect(await test.sessions.prove(id, START + HOUR)).toBe(true)
      expect(await test.sessions.find(id)).toEqual({ ...before, authTime: START + HOUR })
      await test.sessions.advance(id, first, rotation(1))
      expect(await test.sessions.find(id)).toMatchObject({ authTime: START + HOUR })
      await test.sessions.end(id, 'signed_out', ended(id))
      expect(await test.sessions.prove(id, START + 2 * HOUR)).toBe(false)
      expect(await test.sessions.find(id)).toMatchObject({ authTime: START + HOUR })
      expect(await test.sessions.prove(newId(), START)).toBe(false)
    })
  })

  describe('list', () => {
    it('has the live sessions only, last seen first', async () => {
      const [a, b, c] = [await test.signIn(), await test.signIn(), await test.signIn()]
      const out = await test.signIn()
      await test.sessions.end(out, 'signed_out', ended(out))
      const now = START + 5 * HOUR
      await test.signIn({ idleExpiresAt: now })
      await test.signIn({ expiresAt: now })
      await test.sessions.advance(b, first, rotation(2))
      await test.sessions.advance(a, first, rotation(1))
      const list = await test.sessions.list(test.user.id, now)
      expect(list.map((session) => session.id)).toEqual([b, a, c])
      expect(list[0]).toEqual(await test.sessions.find(b))
      expect(await test.sessions.list(newId(), now)).toEqual([])
    })
  })

  describe('states', () => {
    it('has the states of the sessions that exist, each with its latest event', async () => {
      const [a, b] = [await test.signIn(), await test.signIn()]
      const out = await test.signIn()
      await test.sessions.advance(b, first, rotation(1))
      await test.sessions.end(out, 'signed_out', ended(out, { at: START + HOUR }))
      const states = await test.sessions.states([a, newId(), b, out])
      const newest = async (id: string) => (await test.sessions.events(id, 1))[0]?.id
      const byId = new Map(states.map((state) => [state.id, state]))
      expect(byId.size).toBe(3)
      expect(byId.get(a)).toEqual({
        id: a,
        issuedAt: START,
        ...{ idleExpiresAt: START + 14 * 24 * HOUR, expiresAt: START + 30 * 24 * HOUR },
        ...{ endedAt: null, endedReason: null, userDisabled: false, renewals: 0 },
        latestEventId: await newest(a),
      })
      expect(byId.get(b)).toMatchObject({ issuedAt: START + HOUR, renewals: 1 })
      expect(byId.get(out)).toMatchObject({
        endedAt: START + HOUR,
        endedReason: 'signed_out',
        latestEventId: await newest(out),
      })
      expect(await newest(out)).toBeGreaterThan(Number(byId.get(b)?.latestEventId))
      expect(await test.sessions.states([])).toEqual([])
    })
  })

  describe('nameDevice', () => {
    it('names a live session of the user, and takes the name away', async () => {
      const id = await test.signIn()
      const { sessions } = test
      const before = await sessions.find(id)
      expect(await sessions.nameDevice(id, test.user.id, 'Büro')).toBe(true)
      expect(await sessions.find(id)).toEqual({ ...before, deviceName: 'Büro' })
      expect(await sessions.nameDevice(id, newId(), 'Mine')).toBe(false)
      await sessions.advance(id, first, rotation(1))
      expect(await sessions.find(id)).toMatchObject({ deviceName: 'Büro', generation: 1 })
      expect(await sessions.nameDevice(id, test.user.id, null)).toBe(true)
      expect(await sessions.find(id)).toMatchObject({ deviceName: null })
      await sessions.end(id, 'signed_out', ended(id))
      expect(await sessions.nameDevice(id, test.user.id, 'Late')).toBe(false)
    })
  })

  describe('history', () => {
    it('F43 has the events of all sessions of the user, ended and pruned ones too, newest first, page by page', async () => {
      const pruned = await test.signIn({ createdAt: START, expiresAt: START + 2 })
      const over = await test.signIn({ createdAt: START + 1, ...phone })
      const reused = ended(over, { kind: 'reuse_detected', at: START + 3, detail: '1.0' })
      await test.sessions.end(over, 'reused', reused)
      const mine = await test.signIn({ createdAt: START + 3 })
      const stranger = newUser()
      await test.users.create(stranger)
      await test.signIn({ userId: stranger.id })
      const by = { ...laptop, moves: null, provenWith: null }
      await test.users.setPassword(test.user.id, 'new hash', START + 4, by)
      await test.database.prune(START + 2, 100)

      const userId = test.user.id
      const history = await test.sessions.history(userId, 100, null)
      const told = history.map(({ kind, sessionId, session }) => [kind, sessionId, session])
      const [ofOver, ofMine] = [
        { ...phone, createdAt: START + 1 },
        { ...laptop, createdAt: START + 3 },
      ]
      expect(told.slice(0, 2)).toEqual(
        expect.arrayContaining([
          ['password_changed', null, null],
          ['ended', mine, ofMine],
        ]),
      )
      expect(told.slice(2)).toEqual([
        ['signed_in', mine, ofMine],
        ['reuse_detected', over, ofOver],
        ['signed_in', over, ofOver],
        ['signed_in', pruned, null],
      ])
      const pages = []
      for (let page = await test.sessions.history(userId, 2, null); page.length > 0; ) {
        pages.push(...page)
        page = await test.sessions.history(userId, 2, page.at(-1) ?? null)
      }
      expect(pages).toEqual(history)
    })
  })

  describe('alert', () => {
    it('F43 reports a copy that was used, until it is dismissed or the password is changed', async () => {
      const userId = test.user.id
      const [id, other] = [await test.signIn(), await test.signIn()]
      const alert = async () => (await test.sessions.alert(userId))?.at ?? null
      const record = (kind: NewSessionEvent['kind'], at: number) =>
        test.sessions.record(newEvent({ kind, at, sessionId: other, userId }), 0)
      expect(await alert()).toBeNull()
      const reused = ended(id, { kind: 'reuse_detected', at: START + 1, ...phone })
      await test.sessions.end(id, 'reused', reused)
      expect(await test.sessions.alert(userId)).toMatchObject({
        ...{ kind: 'reuse_detected', at: START + 1, sessionId: id, ...phone },
        session: { ...laptop, createdAt: START },
      })
      await record('stale_challenged', START + 2)
      await record('ended', START + 2)
      expect(await alert()).toBe(START + 1)
      await record('alert_dismissed', START + 3)
      expect(await alert()).toBeNull()
      await record('reuse_detected', START + 4)
      expect(await alert()).toBe(START + 4)
      const by = { ...laptop, moves: newMove(other), provenWith: null }
      await test.users.setPassword(userId, 'new hash', START + 5, by)
      expect(await alert()).toBeNull()
    })

    it('F43 is shown to its own user only', async () => {
      const stranger = newUser()
      await test.users.create(stranger)
      const id = await test.signIn({ userId: stranger.id })
      const event = newEvent({ kind: 'reuse_detected', sessionId: id, userId: stranger.id })
      await test.sessions.end(id, 'reused', event)
      expect(await test.sessions.alert(test.user.id)).toBeNull()
    })
  })

  describe('record', () => {
    it('does not repeat an event that was recorded a moment ago', async () => {
      const id = await test.signIn()
      const event = (fields = {}) => newEvent({ sessionId: id, userId: test.user.id, ...fields })
      const other = await test.reopen()
      await Promise.all([
        test.sessions.record(event(), 1000),
        other.sessions.record(event({ at: START + 998 }), 1000),
        // This one read its clock first, and wrote last.
        test.sessions.record(event({ at: START - 1 }), 1000),
        test.sessions.record(event({ kind: 'reissued' }), 1000),
      ])
      expect(await kinds(id)).toHaveLength(3)
      await test.sessions.record(event({ at: START + 1000 }), 1000)
      await test.sessions.record(event({ at: START + 1000 }), 0)
      expect(await kinds(id)).toHaveLength(5)
    })

    it('keeps every field, and gives the newest first, as many as asked', async () => {
      const id = await test.signIn()
      const detail = '3.1'
      const event = newEvent({
        sessionId: id,
        userId: test.user.id,
        at: START + 9,
        detail,
        ...phone,
      })
      await test.sessions.record(event, 0)
      await test.sessions.record({ ...event, at: START + 8 }, 0)
      expect(await test.sessions.events(id, 2)).toEqual([
        { ...event, id: expect.any(Number) },
        { ...event, at: START + 8, id: expect.any(Number) },
      ])
    })
  })

  it('finds the session of a disabled user, and says so', async () => {
    const id = await test.signIn()
    await test.disable(test.user.id)
    expect(await test.sessions.find(id)).toMatchObject({ userDisabled: true, endedAt: null })
    expect(await test.users.findById(test.user.id)).toMatchObject({ disabledAt: START })
  })

  it('finds no unknown session', async () => {
    expect(await test.sessions.find(newId())).toBeNull()
  })
}
