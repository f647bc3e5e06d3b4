import { describe, expect, it, vi } from 'vitest'
import { laptop, phone, START } from '@/testing/database/samples'
import { eachTestsDatabase } from '@/testing/database/suite'
import { openTemporaryPostgres } from '@/testing/database/temporary-postgres'
import { openTemporary } from '@/testing/database/temporary-sqlite'
import { createEngine, type Engine } from './engine'
import { SessionError } from './errors'
import type { Grant } from './grant'
import { openKeyring } from './keys/keyring'
import type { RefreshParts, RefreshRequest } from './refresh'
import type { Session } from './session'
import type { MovableSession, StartOptions } from './start'
import type { SessionStore } from './store'
import { createAccessTokens } from './tokens/access-token'
import { createChallenges } from './tokens/challenge'
import type { ClaimsOf } from './tokens/claims'
import { createRefreshTokens } from './tokens/refresh-token'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 86_400 * SECOND
const GRACE = 30 * SECOND
const POLICY = { graceMs: GRACE, idleMs: 14 * DAY, sessionMs: 30 * DAY }
const ACCESS_LIFE = 15 * MINUTE
const audienceClaims = { iss: 'https://app.example', aud: 'https://app.example' }
const audience = { issuer: 'https://app.example', audience: 'https://app.example' }

const access = createAccessTokens(
  await openKeyring(['the-secret-of-the-access-tokens-012345']),
  audience,
  ACCESS_LIFE,
)
const secret = 'the-secret-of-the-refresh-tokens-01234'
const refresh = createRefreshTokens(await openKeyring([secret]))
const challenges = createChallenges(await openKeyring([secret], 'challenge'))

describe.each([
  ['SQLite', openTemporary],
  ['PostgreSQL', openTemporaryPostgres],
])('the engine on %s', (_, openTest) => {
  const test = eachTestsDatabase(openTest)

  describe('a sign-in', () => {
    it('hands out both tokens of a live session', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      expect(grant.access.expiresInSeconds).toBe(ACCESS_LIFE / SECOND)
      expect(grant.refresh?.expiresInSeconds).toBe(POLICY.idleMs / SECOND)
      expect(grant.sessionId).toMatch(/^[\w-]{22}$/)
      const { session, accessExpiresAt } = await engine.check(grant.access.token)
      expect(session).toMatchObject({ id: grant.sessionId, userId: test.user.id, ...laptop })
      expect(accessExpiresAt).toBe(START + ACCESS_LIFE)
      expect(await kinds(grant)).toEqual(['signed_in'])
    })

    it('never uses an id twice', async () => {
      const { engine } = open()
      const grants = await Promise.all(Array.from({ length: 20 }, () => signIn(engine)))
      expect(new Set(grants.map(({ sessionId }) => sessionId)).size).toBe(20)
    })

    it('made twice at once by one jar starts one session, and both responses carry its tokens', async () => {
      const { engine, clock } = open()
      const before = await signIn(engine)
      const attempt = { attempt: crypto.randomUUID() }
      const start = () =>
        engine.start(test.user, laptop, [before.refresh?.token ?? ''], attempt) as Promise<Grant>
      const grants = await Promise.all([start(), start(), start()])
      const [first] = grants
      expect(new Set(grants.map(({ sessionId }) => sessionId)).size).toBe(1)
      expect((await engine.list(test.user.id)).map(({ id }) => id)).toEqual([first?.sessionId])
      expect(await kinds(first as Grant)).toEqual(['signed_in'])
      expect(await ended(before)).toBe('replaced')
      clock.now += 10 * POLICY.graceMs
      for (const grant of grants) {
        expect((await engine.refresh(asked(grant))).sessionId).toBe(first?.sessionId)
      }
    })

    it('made again later, or after the first was signed out, starts another session', async () => {
      const { engine, clock } = open()
      const attempt = { attempt: crypto.randomUUID() }
      const start = async () => (await engine.start(test.user, laptop, [], attempt)) as Grant
      const first = await start()
      clock.now += 60_000
      const later = await start()
      expect(later.sessionId).not.toBe(first.sessionId)
      expect(await ended(first)).toBeNull()
      await engine.end(first.sessionId, 'signed_out', laptop)
      const again = await start()
      expect((await engine.check(again.access.token)).session.id).toBe(again.sessionId)
      const other = await engine.start(test.user, laptop, [], { attempt: crypto.randomUUID() })
      expect(other?.sessionId).not.toBe(again.sessionId)
    })

    it('ends the session of the refresh token in the jar, even if that token has expired or was replaced', async () => {
      const { engine, clock } = open()
      const first = await signIn(engine)
      const second = await signIn(engine, laptop, first.refresh?.token ?? '')
      expect(await ended(first)).toBe('replaced')
      expect(await ended(second)).toBeNull()
      await expectRefusal(engine.check(first.access.token), 'session_revoked')

      clock.now += 2 * POLICY.graceMs * 3
      await engine.refresh(asked(second))
      await signIn(engine, laptop, second.refresh?.token ?? '')
      expect(await ended(second)).toBe('replaced')
    })

    it('ends nothing for a forged token, and keeps the newest hundred sessions', async () => {
      const { engine, clock } = open()
      const first = await signIn(engine)
      clock.now++
      const text = first.refresh?.token ?? ''
      const swapped = text.endsWith('A') ? `${text.slice(0, -1)}E` : `${text.slice(0, -1)}A`
      for (const forged of [swapped, '', 'nonsense', first.access.token]) {
        await signIn(engine, laptop, forged)
      }
      expect(await ended(first)).toBeNull()
      for (let i = 0; i < 96; i++) await signIn(engine)
      expect(await ended(first)).toBe('over_limit')
      expect(await engine.list(test.user.id)).toHaveLength(100)
    })
  })

  describe('a refresh', () => {
    it('renews a young token and writes nothing', async () => {
      const { engine, clock, calls } = open()
      const grant = await signIn(engine)
      const before = await row(grant)
      calls.length = 0
      clock.now += 3 * GRACE
      const renewed = await engine.refresh(asked(grant))
      expect(renewed.refresh).toBeNull()
      expect(calls).toEqual(['findToRotate'])
      expect(await row(grant)).toEqual(before)
      await engine.check(renewed.access.token)
    })

    it('rotates an older one: both tokens, the next generation, and a later idle end', async () => {
      const { engine, clock, calls } = open()
      const grant = await signIn(engine)
      clock.now += 3 * GRACE + 1
      calls.length = 0
      const rotated = await engine.refresh({ ...asked(grant), client: phone })
      expect(calls).toEqual(['findToRotate'])
      expect(rotated.refresh?.expiresInSeconds).toBe(POLICY.idleMs / SECOND)
      expect(await row(grant)).toMatchObject({
        ...{ generation: 1, branch: 0, parentBranch: 0, issuedAt: clock.now, ...phone },
        idleExpiresAt: clock.now + POLICY.idleMs,
      })
      expect(await kinds(grant)).toEqual(['signed_in'])
      clock.now += 3 * GRACE + 1
      expect((await engine.refresh(asked(rotated))).refresh).not.toBeNull()
      expect(await row(grant)).toMatchObject({ generation: 2 })
    })

    it.each([
      ['F2 raced by twenty at once', 1, false],
      ['F2 raced by twenty that have all read before the first writes', 1, true],
      ['F4 raced through two handles on one database', 2, false],
      ['F4 raced through two handles that have all read before the first writes', 2, true],
    ])(
      '%s rotates once and answers all, one of them with a refresh token',
      async (_, handles, held) => {
        const clock = { now: START }
        const racers = [open(test.sessions, clock)]
        if (handles === 2) racers.push(open((await test.reopen()).sessions, clock))
        const engines = racers.map(({ engine }) => engine)
        const grant = await signIn(engines[0] as Engine)
        clock.now += ACCESS_LIFE
        const line = startingLine(20)
        for (const { store } of held ? racers : []) {
          const { findToRotate } = inSteps(store)
          store.findToRotate = (...asked) => line(findToRotate(...asked))
        }
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            (engines[i % handles] as Engine).refresh(asked(grant)),
          ),
        )
        const calls = racers.flatMap((racer) => racer.calls)
        if (held) expect(calls.filter((call) => call === 'advance')).toHaveLength(20)
        expect(answers.filter((answer) => answer.refresh !== null)).toHaveLength(1)
        expect(await row(grant)).toMatchObject({ generation: 1, branch: 0, endedReason: null })
        for (const { access } of answers) await (engines[0] as Engine).check(access.token)
        expect(await kinds(grant)).toEqual(['signed_in'])
      },
    )

    it('F5 answers a straggler within grace, and gives it no refresh token', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      await engine.refresh(asked(grant))
      clock.now += GRACE
      expect((await engine.refresh(asked(grant))).refresh).toBeNull()
      expect(await row(grant)).toMatchObject({ generation: 1, endedReason: null })
    })

    it('is unavailable, not refused, if it lost three races in a row', async () => {
      const losing = { ...inSteps(test.sessions), advance: async () => false }
      const { engine, clock, calls } = open(losing)
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const error = await expectRefusal(engine.refresh(asked(grant)), 'unavailable')
      expect(error.retryAfterSeconds).toBe(1)
      expect(calls.filter((call) => call === 'findToRotate')).toHaveLength(3)
    })

    it('F12 is unavailable, and nothing else, while the database is', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      await test.database.close()
      clock.now += ACCESS_LIFE
      await expectRefusal(engine.refresh(asked(grant)), 'unavailable')
      clock.now -= ACCESS_LIFE
      await expectRefusal(engine.check(grant.access.token), 'unavailable')
    })

    it('for access only rotates nothing, however old the token is', async () => {
      const { engine, clock, calls } = open()
      const grant = await signIn(engine)
      calls.length = 0
      clock.now += 10 * DAY
      const renewed = await engine.refresh({ ...asked(grant), accessOnly: true, jar: true })
      expect(renewed.refresh).toBeNull()
      expect(calls).toEqual(['find'])
    })

    it('for access only is refused for a replaced token: it gets nothing, ends nothing and records one event', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      await engine.refresh(asked(grant))
      clock.now += GRACE + 1
      for (let i = 0; i < 5; i++) {
        const attempt = engine.refresh({ ...asked(grant), accessOnly: true })
        await expectRefusal(attempt, 'refresh_token_replaced')
      }
      expect(await ended(grant)).toBeNull()
      expect(await kinds(grant)).toEqual(['replaced_token_refused', 'signed_in'])
    })

    it('measures the age of a token when the request arrived, not when it is handled', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const rotated = await engine.refresh(asked(grant))
      clock.now += GRACE + 9 * SECOND
      const waitedMs = 9 * SECOND
      expect((await engine.refresh({ ...asked(grant), waitedMs })).refresh).toBeNull()
      expect((await engine.refresh({ ...asked(rotated), waitedMs })).refresh).toBeNull()
      expect(await ended(grant)).toBeNull()
    })
  })

  describe('a lost response', () => {
    it('F6 is reissued after grace, on the next branch, with an event', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const lost = await engine.refresh(asked(grant))
      clock.now += GRACE + 1
      const again = await engine.refresh(asked(grant))
      expect(again.refresh).not.toBeNull()
      expect(await row(grant)).toMatchObject({
        ...{ generation: 1, branch: GRACE + 1, parentBranch: 0 },
      })
      expect(await kinds(grant)).toEqual(['reissued', 'signed_in'])
      // The lost token turns up after all, in somebody's hands.
      await expectRefusal(engine.refresh(asked(lost)), 'refresh_token_reused')
    })

    it('F6 is reissued a week later as well', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      await engine.refresh(asked(grant))
      clock.now += 7 * DAY
      expect((await engine.refresh(asked(grant))).refresh).not.toBeNull()
    })
  })

  describe('a copied token', () => {
    it('ends the session, with one event, however many replays follow', async () => {
      const { engine, clock } = open()
      const first = await signIn(engine)
      clock.now += ACCESS_LIFE
      const second = await engine.refresh(asked(first))
      clock.now += ACCESS_LIFE
      const third = await engine.refresh(asked(second))
      clock.now += GRACE + 1
      const replays = Array.from({ length: 10 }, () =>
        expectRefusal(engine.refresh({ ...asked(first), client: phone }), 'refresh_token_reused'),
      )
      await Promise.all(replays)
      expect(await ended(first)).toBe('reused')
      const events = await test.sessions.events(first.sessionId, 10)
      expect(events.map(({ kind }) => kind)).toEqual(['reuse_detected', 'signed_in'])
      expect(events[0]).toMatchObject(phone)
      await expectRefusal(engine.refresh(asked(third)), 'refresh_token_reused')
      await expectRefusal(engine.check(third.access.token), 'refresh_token_reused')
      expect(await kinds(first)).toEqual(['reuse_detected', 'signed_in'])
    })

    it('does not end a session that moved on in the meantime: the engine decides again', async () => {
      const { engine, clock, store } = open()
      const first = await signIn(engine)
      clock.now += ACCESS_LIFE
      const second = await engine.refresh(asked(first))
      clock.now += ACCESS_LIFE
      await engine.refresh(asked(second))
      clock.now += GRACE + 1
      const end = store.end
      const spy = vi.fn(end).mockResolvedValueOnce(false)
      store.end = spy
      await expectRefusal(engine.refresh(asked(first)), 'refresh_token_reused')
      expect(spy).toHaveBeenCalledTimes(2)
      expect(spy.mock.calls[0]?.[3]).toEqual({ at: { generation: 2, branch: 0 } })
    })
  })

  describe('a caller that shares a jar', () => {
    it('F7 comes back for a challenge, and with the newer token is renewed', async () => {
      const { engine, clock } = open()
      const slow = await signIn(engine)
      clock.now += ACCESS_LIFE
      const newer = await engine.refresh(asked(slow))
      clock.now += GRACE + 1
      const challenge = await challenged(engine, slow)
      const renewed = await engine.refresh({ ...asked(newer), jar: true, challenges: [challenge] })
      expect(renewed.refresh).toBeNull()
      expect(await ended(slow)).toBeNull()
      expect(await kinds(slow)).toEqual(['stale_challenged', 'signed_in'])
    })

    it('F6 with nothing newer in the jar gets the lost tokens reissued', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      await engine.refresh(asked(grant))
      clock.now += GRACE + 1
      const challenge = await challenged(engine, grant)
      const again = await engine.refresh({ ...asked(grant), jar: true, challenges: [challenge] })
      expect(again.refresh).not.toBeNull()
      expect(await row(grant)).toMatchObject({ generation: 1, branch: GRACE + 1 })
    })

    it('is made to wait, and nothing ends, after two challenges that proved nothing', async () => {
      const { engine, clock } = open()
      const first = await signIn(engine)
      clock.now += ACCESS_LIFE
      const second = await engine.refresh(asked(first))
      clock.now += ACCESS_LIFE
      await engine.refresh(asked(second))
      // The token is two generations behind within grace, when no challenge can be a proof yet.
      const once = await challenged(engine, first)
      const twice = await challenged(engine, first, once)
      const third = engine.refresh({ ...asked(first), jar: true, challenges: [twice] })
      const error = await expectRefusal(third, 'unavailable')
      expect(error.retryAfterSeconds).toBe(5)
      expect(await ended(first)).toBeNull()
      expect(await kinds(first)).toEqual(['stale_challenged', 'signed_in'])
    })

    it('proves nothing with a challenge of another session, a forged one, or one too old', async () => {
      const { engine, clock } = open()
      const mine = await signIn(engine)
      const other = await signIn(engine)
      clock.now += ACCESS_LIFE
      for (const grant of [mine, other]) await engine.refresh(asked(grant))
      clock.now += GRACE + 1
      const foreign = await challenged(engine, other)
      const own = await challenged(engine, mine)
      for (const challenge of [
        foreign,
        `${own.slice(0, -1)}!`,
        mine.refresh?.token ?? '',
        '',
        'x',
      ]) {
        await challenged(engine, mine, challenge)
      }
      clock.now += MINUTE + 1
      await challenged(engine, mine, own)
      expect(await ended(mine)).toBeNull()
    })

    it('cannot take a challenge to a position that has moved on', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const next = await engine.refresh(asked(grant))
      clock.now += 3 * GRACE + 1
      const challenge = await challenged(engine, grant)
      await engine.refresh({ ...asked(next), jar: true })
      clock.now += GRACE + 1
      await challenged(engine, grant, challenge)
      expect(await ended(grant)).toBeNull()
    })
  })

  describe('a refresh that is refused', () => {
    it('for its signature does not read the database', async () => {
      const { engine, calls } = open()
      const grant = await signIn(engine)
      const stranger = createRefreshTokens(
        await openKeyring(['a-secret-that-a-stranger-made-up-0123']),
      )
      const session = { id: grant.sessionId, userId: grant.userId }
      const position = { generation: 0, branch: 0 }
      const forged = await stranger.issue(session, position, START + DAY, START)
      calls.length = 0
      for (const token of [forged.token, grant.access.token, '', 'nonsense', 'x'.repeat(100_000)]) {
        await expectRefusal(
          engine.refresh({ ...asked(grant), tokens: [token] }),
          'invalid_refresh_token',
        )
      }
      expect(calls).toEqual([])
    })

    it('by `admit` does not read the database either, and rejects with the error that was thrown', async () => {
      const tooMany = new Error('too many')
      const admit = vi.fn(async () => {
        throw tooMany
      })
      const { engine, calls } = open(test.sessions, { now: START }, admit)
      const grant = await signIn(engine)
      calls.length = 0
      await expect(engine.refresh(asked(grant))).rejects.toBe(tooMany)
      expect(calls).toEqual([])
      expect(admit).toHaveBeenCalledWith(expect.objectContaining({ sessionId: grant.sessionId }))
      await expectRefusal(
        engine.refresh({ ...asked(grant), tokens: ['x'] }),
        'invalid_refresh_token',
      )
      expect(admit).toHaveBeenCalledOnce()
    })

    it('F26 says that it expired because it went unused for too long', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += POLICY.idleMs
      await expectRefusal(engine.refresh(asked(grant)), 'refresh_token_expired')
      await expectRefusal(engine.check(grant.access.token), 'access_token_expired')
    })

    it('F26 says that it expired at its absolute expiry, however much it was used', async () => {
      const { engine, clock } = open()
      let grant = await signIn(engine)
      for (let day = 0; day < 29; day++) {
        clock.now += DAY
        grant = await engine.refresh(asked(grant))
      }
      clock.now += DAY - SECOND
      grant = await engine.refresh(asked(grant))
      expect(grant.access.expiresInSeconds).toBe(1)
      expect(grant.refresh?.expiresInSeconds).toBe(1)
      clock.now += SECOND
      await expectRefusal(engine.refresh(asked(grant)), 'refresh_token_expired')
      expect(await engine.list(test.user.id)).toEqual([])
    })

    it.each([
      ['signed_out', 'session_signed_out'],
      ['ended_elsewhere', 'session_revoked'],
      ['password_changed', 'session_revoked'],
    ] as const)('F26 says that it was %s', async (reason, code) => {
      const { engine } = open()
      const grant = await signIn(engine)
      expect(await engine.end(grant.sessionId, reason, phone)).toBe(true)
      await expectRefusal(engine.refresh(asked(grant)), code)
      await expectRefusal(engine.check(grant.access.token), code)
      expect(await kinds(grant)).toEqual(['ended', 'signed_in'])
      expect((await test.sessions.events(grant.sessionId, 1))[0]).toMatchObject({
        ...phone,
        detail: reason,
      })
    })

    it('says that it is unknown if its row or its user is gone, or it names another user', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      const claims = { id: grant.sessionId, userId: 'somebody else' }
      const crossed = await refresh.issue(claims, { generation: 0, branch: 0 }, START + DAY, START)
      const token = crossed.token
      await expectRefusal(engine.refresh({ ...asked(grant), tokens: [token] }), 'user_unknown')
      const stray = await access.issue({ ...claims, expiresAt: START + DAY }, START)
      await expectRefusal(engine.check(stray.token), 'session_unknown')

      const other = await signIn(engine)
      await test.database.prune(START + POLICY.sessionMs, 100)
      await expectRefusal(engine.refresh(asked(other)), 'session_unknown')
      await test.users.remove(test.user)
      await expectRefusal(engine.refresh(asked(grant)), 'user_unknown')
      await expectRefusal(engine.check(grant.access.token), 'session_unknown')
    })
  })

  describe('the tokens of a session', () => {
    it('expire with it at the latest, at its idle expiry', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      clock.now += POLICY.idleMs - 60 * SECOND
      const renewed = await engine.refresh({ ...asked(grant), accessOnly: true })
      expect(renewed.access.expiresInSeconds).toBe(60)
      clock.now += 59 * SECOND
      await engine.check(renewed.access.token)
      clock.now += SECOND
      await expectRefusal(engine.check(renewed.access.token), 'access_token_expired')
    })
  })

  describe('a check', () => {
    it('reads once and writes nothing', async () => {
      const { engine, calls } = open()
      const grant = await signIn(engine)
      calls.length = 0
      await engine.check(grant.access.token)
      expect(calls).toEqual(['findFor'])
    })

    it('F25 refuses a token that does not verify without reading the database', async () => {
      const { engine, calls, clock } = open()
      const grant = await signIn(engine)
      calls.length = 0
      for (const token of ['', 'nonsense', grant.refresh?.token ?? '']) {
        await expectRefusal(engine.check(token), 'invalid_access_token')
      }
      clock.now += ACCESS_LIFE
      await expectRefusal(engine.check(grant.access.token), 'access_token_expired')
      expect(calls).toEqual([])
    })
  })

  describe('an identification', () => {
    it('F17 finds the session of a refresh token that expired or was replaced', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      const [old, past] = [grant.refresh?.token ?? '', grant.access.token]
      expect(await identify(engine, null, past)).toEqual([grant.sessionId])
      expect(await identify(engine, 'nonsense', past)).toEqual([grant.sessionId])
      clock.now += ACCESS_LIFE
      expect(await identify(engine, null, past)).toEqual([])
      await engine.refresh(asked(grant))
      clock.now += 20 * DAY
      expect(await identify(engine, old, past)).toEqual([grant.sessionId])
      expect(await identify(engine, past, old)).toEqual([])
      expect(await identify(engine, null, null)).toEqual([])
    })

    it('F41 finds no session of an access token that expired or was revoked', async () => {
      const { engine, clock } = open()
      const { sessionId, access } = await signIn(engine)
      const other = await signIn(engine)
      expect(await identify(engine, null, access.token)).toEqual([sessionId])
      await engine.revoke(other.access.token, laptop)
      expect(await identify(engine, null, other.access.token)).toEqual([])
      clock.now += ACCESS_LIFE
      expect(await identify(engine, null, access.token)).toEqual([])
    })
  })

  describe('ending', () => {
    it('F17 wins over every refresh, even one that is in progress', async () => {
      const { engine, clock, store } = open(inSteps(test.sessions))
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const { findToRotate } = store
      store.findToRotate = async (...asked) => {
        const found = await findToRotate(...asked)
        store.findToRotate = findToRotate
        await engine.end(grant.sessionId, 'signed_out', laptop)
        return found
      }
      await expectRefusal(engine.refresh(asked(grant)), 'session_signed_out')
      expect(await row(grant)).toMatchObject({ generation: 0 })
    })

    it('is for the owner alone if one is named, and happens once', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      const { sessionId } = grant
      expect(await engine.end(sessionId, 'ended_elsewhere', phone, 'a stranger')).toBe(false)
      await engine.check(grant.access.token)
      expect(await engine.end(sessionId, 'ended_elsewhere', phone, test.user.id)).toBe(true)
      expect(await engine.end(sessionId, 'ended_elsewhere', phone, test.user.id)).toBe(false)
      expect(await engine.end('no such session', 'signed_out', phone)).toBe(false)
      expect(await kinds(grant)).toEqual(['ended', 'signed_in'])
    })

    it('all others keeps this session, and says so to the others', async () => {
      const { engine } = open()
      const [mine, ...others] = [
        await signIn(engine),
        await signIn(engine, phone),
        await signIn(engine, phone),
      ]
      expect(await engine.endOthers(test.user.id, mine?.sessionId ?? '', laptop)).toBe(2)
      expect(await engine.endOthers(test.user.id, mine?.sessionId ?? '', laptop)).toBe(0)
      for (const other of others) {
        await expectRefusal(engine.check(other.access.token), 'session_revoked')
      }
      expect((await engine.list(test.user.id)).map(({ id }) => id)).toEqual([mine?.sessionId])
    })
  })

  describe('a database that lost writes', () => {
    it('adopts the signed position, and records it', async () => {
      const { engine, clock, store } = open(inSteps(test.sessions))
      const { advance } = store
      store.advance = async () => true
      const first = await signIn(engine)
      clock.now += ACCESS_LIFE
      const second = await engine.refresh(asked(first))
      expect(await row(first)).toMatchObject({ generation: 0 })
      store.advance = advance

      const third = await engine.refresh(asked(second))
      expect(third.refresh).not.toBeNull()
      expect(await row(first)).toMatchObject({ generation: 2, branch: 0, parentBranch: 0 })
      expect(await kinds(first)).toEqual(['state_regression', 'signed_in'])
      // The token that was current for the restored row is now an old copy.
      clock.now += GRACE + 1
      await expectRefusal(engine.refresh(asked(first)), 'refresh_token_reused')
    })

    it('renews, and adopts nothing, for access only', async () => {
      const { engine, clock, store } = open(inSteps(test.sessions))
      const { advance } = store
      store.advance = async () => true
      const first = await signIn(engine)
      clock.now += ACCESS_LIFE
      const second = await engine.refresh(asked(first))
      store.advance = advance
      const renewed = await engine.refresh({ ...asked(second), accessOnly: true })
      expect(renewed.refresh).toBeNull()
      expect(await row(first)).toMatchObject({ generation: 0 })
    })
  })

  describe('F33 a jar in which another cookie shadows the app’s own', () => {
    it('is refreshed by the first token that verifies and names a live session', async () => {
      const { engine, clock, calls } = open()
      const over = await signIn(engine)
      const mine = await signIn(engine, laptop, over.refresh?.token)
      const [shadow, own] = [over, mine].map((grant) => grant.refresh?.token ?? '')
      clock.now += ACCESS_LIFE
      calls.length = 0
      const tokens = ['nonsense', shadow, own] as [string, ...string[]]
      const refreshed = await engine.refresh({ ...asked(mine), tokens })
      expect(refreshed.sessionId).toBe(mine.sessionId)
      expect(calls).toEqual(['findToRotate', 'findToRotate'])
      const alone = engine.refresh({ ...asked(mine), tokens: ['nonsense', shadow] as never })
      await expectRefusal(alone, 'session_revoked')
    })

    it('is not taken for a thief’s because of an old token beside the current one', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      const positions = [grant]
      for (let i = 0; i < 3; i++) {
        clock.now += ACCESS_LIFE
        positions.push(await engine.refresh(asked(positions[i] ?? grant)))
      }
      const tokens = positions.map(({ refresh }) => refresh?.token ?? '') as [string, ...string[]]
      clock.now += ACCESS_LIFE
      const refreshed = await engine.refresh({ ...asked(grant), tokens })
      expect(refreshed.presented.token).toBe(tokens[3])
      expect(await ended(grant)).toBeNull()
    })

    it('counts the challenge that verifies', async () => {
      const { engine, clock } = open()
      const other = await signIn(engine)
      const grant = await signIn(engine)
      for (const one of [other, grant]) {
        clock.now += ACCESS_LIFE
        await engine.refresh(asked(one))
      }
      clock.now += ACCESS_LIFE
      const challenges = [
        'nonsense',
        await challenged(engine, other),
        await challenged(engine, grant),
      ]
      const again = await engine.refresh({ ...asked(grant), jar: true, challenges })
      expect(again.refresh).not.toBeNull()
    })

    it('is signed out of every session that it names, and signs in over the first', async () => {
      const { engine } = open()
      const [first, second] = [await signIn(engine), await signIn(engine)]
      const refresh = ['nonsense', first.refresh?.token ?? '', second.refresh?.token ?? '']
      const named = await engine.identify({ refresh, access: [] })
      expect(named.map(({ sessionId }) => sessionId)).toEqual([first.sessionId, second.sessionId])
      const access = ['nonsense', second.access.token]
      expect(await engine.identify({ refresh: ['nonsense'], access })).toEqual([
        { sessionId: second.sessionId, userId: test.user.id },
      ])
      await engine.start(test.user, laptop, refresh)
      expect([await ended(first), await ended(second)]).toEqual(['replaced', null])
    })
  })

  describe('a client that keeps its one refresh token', () => {
    it('is renewed as long as the session lives, however long it goes unused', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine, laptop, undefined, { keepsToken: true })
      expect(grant.refresh?.expiresInSeconds).toBe(POLICY.sessionMs / SECOND)
      clock.now += POLICY.sessionMs - SECOND
      const last = await engine.refresh({ ...asked(grant), accessOnly: true })
      expect(last.refresh).toBeNull()
      expect(last.access.expiresInSeconds).toBe(1)
      expect(last.presented).toEqual({ token: grant.refresh?.token, expiresInSeconds: 1 })
      clock.now += SECOND
      const late = engine.refresh({ ...asked(grant), accessOnly: true })
      await expectRefusal(late, 'refresh_token_expired')
    })

    it('may present several tokens: the first good one counts, and the error is that of the last', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      const good = grant.refresh?.token ?? ''
      const both = await engine.refresh({ ...asked(grant), tokens: ['nonsense', good] })
      expect(both.presented.token).toBe(good)
      clock.now += POLICY.idleMs
      const late = engine.refresh({ ...asked(grant), tokens: ['nonsense', good] })
      await expectRefusal(late, 'refresh_token_expired')
      const swapped = engine.refresh({ ...asked(grant), tokens: [good, 'nonsense'] })
      await expectRefusal(swapped, 'invalid_refresh_token')
    })

    it('has the access token that it replaces retired, once the new one is there', async () => {
      const { engine, clock, calls } = open()
      const grant = await signIn(engine)
      const stranger = await signIn(engine, phone)
      const old = grant.access.token
      const replaces = [old]
      await expectRefusal(
        engine.refresh({ ...asked(grant), tokens: ['nonsense'], replaces }),
        'invalid_refresh_token',
      )
      await engine.check(old)
      const renewed = await engine.refresh({ ...asked(grant), replaces })
      await expectRefusal(engine.check(old), 'invalid_access_token')
      await engine.check(renewed.access.token)
      // Only a good access token of this session can be retired in this way.
      calls.length = 0
      clock.now += MINUTE
      for (const other of [stranger.access.token, asked(grant).tokens[0], 'nonsense']) {
        await engine.refresh({ ...asked(grant), replaces: [other] })
      }
      expect(calls).not.toContain('retire')
      await engine.check(stranger.access.token)
    })

    it('gets access tokens with the claims of its contract, which cannot override the standard ones', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      const claims = {
        _id: 'x',
        verified: true,
        sub: 'root',
        sid: 's',
        exp: 1,
        iss: 'evil',
        jti: 'j',
      }
      const extras = (session: { userVerified: boolean }) => ({
        clientId: 'phone-app',
        claims: { ...claims, verified: session.userVerified },
      })
      const { access: granted } = await engine.refresh({ ...asked(grant), extras })
      const payload = JSON.parse(atob(granted.token.split('.')[1] ?? ''))
      expect(payload).toMatchObject({ _id: 'x', verified: false, client_id: 'phone-app' })
      expect(payload).toMatchObject({ sub: grant.userId, sid: grant.sessionId, ...audienceClaims })
      await engine.check(granted.token)
    })
  })

  describe('a deployment’s own claims', () => {
    it('are in every token, at a sign-in, a refresh of either kind and a move', async () => {
      const claimsOf = vi.fn<ClaimsOf>((_user, session) => ({ asked: session.id, roles: ['a'] }))
      const { engine, clock } = open(test.sessions, { now: START }, undefined, { claimsOf })
      const grant = await signIn(engine)
      const user = { id: test.user.id, name: test.user.name, verified: false }
      const session = { id: grant.sessionId, createdAt: START, authTime: START }
      expect(claimsOf).toHaveBeenLastCalledWith(user, session)
      clock.now += ACCESS_LIFE
      const rotated = await engine.refresh(asked(grant))
      const renewed = await engine.refresh(asked(rotated))
      expect(claimsOf).toHaveBeenLastCalledWith(user, session)
      expect(claimsOf).toHaveBeenCalledTimes(3)
      expect(renewed.refresh).toBeNull()
      for (const { access } of [rotated, renewed]) {
        const { claims } = await engine.check(access.token)
        expect(claims).toEqual({ asked: grant.sessionId, roles: ['a'] })
      }
      const movable = { ...(await row(grant)), sessionId: grant.sessionId } as MovableSession
      const moved = await engine.move(movable, async (moves, now) => {
        const by = { ...laptop, moves, provenWith: null }
        return (await test.users.setPassword(test.user.id, 'new', now, by))?.moved ?? false
      })
      const to = { id: moved?.sessionId, createdAt: START, authTime: clock.now }
      expect(claimsOf).toHaveBeenLastCalledWith(user, to)
      expect((await engine.check(moved?.access.token ?? '')).claims.asked).toBe(to.id)
    })

    it('give way to those of a contract, and are none without a function', async () => {
      const claimsOf = () => ({ _id: 'ours', plan: 'pro' })
      const { engine } = open(test.sessions, { now: START }, undefined, { claimsOf })
      const extras = () => ({ clientId: 'phone', claims: { _id: 'of the contract' } })
      const { access } = await engine.refresh({ ...asked(await signIn(engine)), extras })
      const { claims } = await engine.check(access.token)
      expect(claims).toEqual({ _id: 'of the contract', plan: 'pro' })
      const plain = open().engine
      expect((await plain.check((await signIn(plain)).access.token)).claims).toEqual({})
    })

    it.each<[string, ClaimsOf, RegExp | string]>([
      ['too large', () => ({ a: 'x'.repeat(2000) }), /bytes of claims/],
      ['standard ones', () => ({ sub: 'root' }), /standard claim "sub"/],
      ['not to be had', () => Promise.reject(new Error('down')), 'unavailable'],
    ])('that are %s lose nothing: no row has changed', async (_, broken, message) => {
      let claimsOf: ClaimsOf = () => ({})
      const { engine, clock, calls } = open(test.sessions, { now: START }, undefined, {
        claimsOf: (...given) => claimsOf(...given),
      })
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const before = await row(grant)
      claimsOf = broken
      calls.length = 0
      await expect(engine.refresh(asked(grant))).rejects.toThrow(message)
      await expect(signIn(engine)).rejects.toThrow(message)
      const write = vi.fn(async () => true)
      const movable = { ...before, sessionId: grant.sessionId } as MovableSession
      await expect(engine.move(movable, write)).rejects.toThrow(message)
      expect(write).not.toHaveBeenCalled()
      expect(calls).toEqual(['find'])
      expect(await row(grant)).toEqual(before)
      claimsOf = () => ({})
      expect((await engine.refresh(asked(grant))).refresh).not.toBeNull()
    })
  })

  describe('an own table of users', () => {
    const withUsers = (userOf: RefreshParts['userOf']) =>
      open(test.sessions, { now: START }, undefined, { userOf })

    it('is asked at a refresh, before anything is written, and never at a check', async () => {
      const userOf = vi.fn(async (session: Session) => session)
      const { engine, clock, calls } = withUsers(userOf)
      const grant = await signIn(engine)
      await engine.check(grant.access.token)
      expect(userOf).not.toHaveBeenCalled()
      clock.now += ACCESS_LIFE
      calls.length = 0
      await engine.refresh(asked(grant))
      expect(userOf).toHaveBeenCalledOnce()
      expect(calls).toEqual(['find', 'advance'])
    })

    it('ends the refreshes of a user who is gone or disabled', async () => {
      let state: 'gone' | 'disabled' | 'there' = 'gone'
      const { engine, clock } = withUsers(async (session) =>
        state === 'gone' ? null : { ...session, userDisabled: state === 'disabled' },
      )
      const grant = await signIn(engine)
      clock.now += ACCESS_LIFE
      const before = await row(grant)
      await expectRefusal(engine.refresh(asked(grant)), 'user_unknown')
      state = 'disabled'
      await expectRefusal(engine.refresh(asked(grant)), 'session_revoked')
      expect(await row(grant)).toEqual(before)
      state = 'there'
      expect((await engine.refresh(asked(grant))).refresh).not.toBeNull()
    })

    it('names the user of the claims', async () => {
      const claimsOf: ClaimsOf = ({ name }) => ({ name })
      const userOf = async (session: Session) => ({ ...session, userName: 'New name' })
      const { engine } = open(test.sessions, { now: START }, undefined, { userOf, claimsOf })
      const { access } = await engine.refresh(asked(await signIn(engine)))
      expect((await engine.check(access.token)).claims).toEqual({ name: 'New name' })
    })

    it('is not asked about a session that is over', async () => {
      const userOf = vi.fn(async () => null)
      const { engine } = withUsers(userOf)
      const grant = await signIn(engine)
      await engine.end(grant.sessionId, 'signed_out', laptop)
      await expectRefusal(engine.refresh(asked(grant)), 'session_signed_out')
      expect(userOf).not.toHaveBeenCalled()
    })
  })

  describe('introspection', () => {
    it('knows both kinds of token while they are good', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      const ids = { sessionId: grant.sessionId, userId: grant.userId, issuedAt: START }
      expect(await engine.introspect(grant.access.token)).toMatchObject({
        kind: 'access',
        claims: { ...ids, clientId: 'rekindle', expiresAt: START + ACCESS_LIFE },
        session: { userName: test.user.name },
      })
      expect(await engine.introspect(asked(grant).tokens[0])).toMatchObject({
        kind: 'refresh',
        claims: { ...ids, generation: 0, branch: 0, expiresAt: START + POLICY.idleMs },
      })
    })

    it('follows the row, and changes nothing', async () => {
      const { engine, clock } = open()
      const first = await signIn(engine)
      clock.now += 3 * GRACE + 1
      const second = await engine.refresh(asked(first))
      expect(await engine.introspect(asked(first).tokens[0])).toMatchObject({ kind: 'refresh' })
      clock.now += GRACE + 1
      const before = await row(first)
      expect(await engine.introspect(asked(first).tokens[0])).toBeNull()
      expect(await row(first)).toEqual(before)
      expect(await engine.introspect(second.access.token)).toMatchObject({ kind: 'access' })
      await engine.end(first.sessionId, 'signed_out', laptop)
      expect(await engine.introspect(second.access.token)).toBeNull()
      expect(await engine.introspect(asked(second).tokens[0])).toBeNull()
    })

    it('knows nothing of expired, retired and foreign tokens', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      const crossed = { id: grant.sessionId, userId: 'somebody else', expiresAt: START + DAY }
      const stray = await access.issue(crossed, START)
      const strayRefresh = await refresh.issue(
        crossed,
        { generation: 0, branch: 0 },
        START + DAY,
        START,
      )
      for (const token of [stray.token, strayRefresh.token, '', 'nonsense']) {
        expect(await engine.introspect(token)).toBeNull()
      }
      await engine.revoke(grant.access.token, laptop)
      expect(await engine.introspect(grant.access.token)).toBeNull()
      const renewed = await engine.refresh(asked(grant))
      clock.now += ACCESS_LIFE
      expect(await engine.introspect(renewed.access.token)).toBeNull()
      clock.now += POLICY.idleMs
      expect(await engine.introspect(asked(grant).tokens[0])).toBeNull()
    })
  })

  describe('a refresh token that a registered client presented first', () => {
    const of = (grant: Grant, oauthClientId: string | null) => ({ ...asked(grant), oauthClientId })
    const ANOTHERS = 'token_of_another_client'

    it('is bound to that client, renewed or rotated; others are refused it, and the session lives on', async () => {
      const { engine, clock, calls } = open()
      const grant = await signIn(engine)
      await engine.refresh(of(grant, 'phone'))
      expect(await row(grant)).toMatchObject({
        ...{ oauthClientId: 'phone', generation: 0, branch: 0 },
        issuedAt: START,
      })
      await expectRefusal(engine.refresh(of(grant, 'api')), ANOTHERS)
      await expectRefusal(engine.refresh(of(grant, null)), ANOTHERS)
      await expectRefusal(engine.refresh({ ...asked(grant), accessOnly: true }), ANOTHERS)

      clock.now += ACCESS_LIFE
      const rotated = await engine.refresh(of(grant, 'phone'))
      clock.now += ACCESS_LIFE
      for (const stolen of [grant, rotated]) {
        await expectRefusal(engine.refresh(of(stolen, 'api')), ANOTHERS)
      }
      expect(await row(grant)).toMatchObject({ oauthClientId: 'phone', endedAt: null })
      calls.splice(0)
      expect((await engine.refresh(of(rotated, 'phone'))).refresh).not.toBeNull()
      expect(calls).toEqual(['findToRotate'])
    })

    it('is unbound until a client presents it, and costs no further statement', async () => {
      const { engine, clock, calls } = open()
      const grant = await signIn(engine)
      calls.splice(0)
      await engine.refresh(asked(grant))
      expect(calls).toEqual(['findToRotate'])
      clock.now += ACCESS_LIFE
      const rotated = await engine.refresh(asked(grant))
      expect(await row(grant)).toMatchObject({ oauthClientId: null })
      clock.now += ACCESS_LIFE
      calls.splice(0)
      await engine.refresh(of(rotated, 'phone'))
      expect(calls).toEqual(['findToRotate'])
      expect(await row(grant)).toMatchObject({ oauthClientId: 'phone', generation: 2 })
    })

    it.each([
      ['young', 0, 0],
      ['due', ACCESS_LIFE, 1],
    ])('is bound to one client if twenty present it at once, %s', async (_, age, generation) => {
      const { engine, store, clock } = open()
      const grant = await signIn(engine)
      clock.now += age
      const line = startingLine(20)
      const { findToRotate } = store
      store.findToRotate = (...asked) => line(findToRotate(...asked))
      const clients = Array.from({ length: 20 }, (_, n) => `client-${n}`)
      const outcomes = await Promise.allSettled(
        clients.map((client) => engine.refresh(of(grant, client))),
      )
      const winners = clients.filter((_, n) => outcomes[n]?.status === 'fulfilled')
      expect(winners).toEqual([(await row(grant))?.oauthClientId])
      expect(await row(grant)).toMatchObject({ generation, endedAt: null })
    })

    it('tells any client that presents it why its session is over', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      await engine.refresh(of(grant, 'phone'))
      await engine.end(grant.sessionId, 'signed_out', laptop)
      await expectRefusal(engine.refresh(of(grant, 'api')), 'session_signed_out')
      await expectRefusal(engine.refresh({ ...asked(grant), jar: true }), 'session_signed_out')
    })

    it('was copied if the person’s own browser has it too: the session ends, and the copy with it', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      await engine.refresh(of(grant, 'phone'))
      clock.now += ACCESS_LIFE
      const stolen = await engine.refresh(of(grant, 'phone'))
      const visit = engine.refresh({ ...asked(grant), jar: true })
      await expectRefusal(visit, 'refresh_token_reused')
      await expectRefusal(engine.check(stolen.access.token), 'refresh_token_reused')
      expect(await kinds(grant)).toEqual(['reuse_detected', 'signed_in'])
    })

    it('is revoked by that client alone, and so is its access token', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      const extras = () => ({ clientId: 'phone' })
      const { access } = await engine.refresh({ ...of(grant, 'phone'), extras })
      for (const token of [asked(grant).tokens[0], access.token]) {
        await expectRefusal(engine.revoke(token, laptop, 'api'), ANOTHERS)
        await expectRefusal(engine.revoke(token, laptop), ANOTHERS)
      }
      await engine.check(access.token)
      await engine.revoke(access.token, laptop, 'phone')
      await expectRefusal(engine.check(access.token), 'invalid_access_token')
      expect(await ended(grant)).toBeNull()
      await engine.revoke(asked(grant).tokens[0], laptop, 'phone')
      expect(await ended(grant)).toBe('signed_out')
    })
  })

  describe('revocation', () => {
    it('of a refresh token ends its session, even if the token was replaced', async () => {
      const { engine, clock } = open()
      const first = await signIn(engine)
      clock.now += 3 * GRACE + 1
      await engine.refresh(asked(first))
      clock.now += GRACE + 1
      await engine.revoke(asked(first).tokens[0], phone)
      expect(await ended(first)).toBe('signed_out')
      expect(await kinds(first)).toEqual(['ended', 'signed_in'])
    })

    it('of an access token holds for a request that arrived before it expired and waited, even after a prune', async () => {
      const { engine, clock } = open()
      const grant = await signIn(engine)
      await engine.revoke(grant.access.token, laptop)
      clock.now += ACCESS_LIFE + MINUTE
      await test.database.prune(clock.now, 100)
      const waited = engine.check(grant.access.token, START + ACCESS_LIFE - 1)
      await expectRefusal(waited, 'invalid_access_token')
    })

    it('of an access token revokes it alone, and of any other text revokes nothing', async () => {
      const { engine } = open()
      const grant = await signIn(engine)
      const other = await engine.refresh(asked(grant))
      await engine.revoke(grant.access.token, laptop)
      await engine.revoke('nonsense', laptop)
      await expectRefusal(engine.check(grant.access.token), 'invalid_access_token')
      await engine.check(other.access.token)
      expect(await ended(grant)).toBeNull()
    })
  })

  type Writable<T> = { -readonly [Name in keyof T]: T[Name] }

  /** An engine over the real store. `calls` lists the verbs of the store that were called. */
  function open(
    sessions: SessionStore = test.sessions,
    clock = { now: START },
    admit?: () => Promise<void>,
    outside: Pick<RefreshParts, 'userOf' | 'claimsOf'> = {},
  ) {
    const calls: string[] = []
    const store = { ...sessions } as Writable<SessionStore>
    const watched = new Proxy(store, {
      get(target, name: keyof SessionStore) {
        const verb = target[name] as (...args: unknown[]) => unknown
        return (...args: unknown[]) => {
          calls.push(name)
          return verb(...args)
        }
      },
    })
    const tokens = { accessTokens: access, refreshTokens: refresh, challenges }
    const parts = { ...outside, store: watched, ...tokens, policy: POLICY }
    const engine = createEngine({ ...parts, ...(admit && { admit }), clock: () => clock.now })
    return { engine, clock, calls, store }
  }

  /** A store that leaves each rotation to `advance`, so that a test can act between the two. */
  function inSteps(sessions: SessionStore): SessionStore {
    return {
      ...sessions,
      async findToRotate(id) {
        const session = await sessions.find(id)
        return session && { session, rotated: false }
      },
    }
  }

  /** Holds back the values that are passed through it until `count` have arrived, then lets all through. */
  function startingLine(count: number) {
    let arrived = 0
    let start = () => {}
    const started = new Promise<void>((resolve) => {
      start = resolve
    })
    return async <T>(value: Promise<T>): Promise<T> => {
      const held = await value
      arrived++
      if (arrived === count) start()
      await started
      return held
    }
  }

  async function signIn(
    engine: Engine,
    client = laptop,
    replaces?: string,
    options?: StartOptions,
  ): Promise<Grant> {
    const grant = await engine.start(test.user, client, replaces ? [replaces] : [], options)
    if (!grant) throw new Error('The user of this test cannot sign in')
    return grant
  }

  function asked(grant: Grant): RefreshRequest {
    const token = grant.refresh?.token
    if (token === undefined) throw new Error('This grant brought no refresh token')
    return { tokens: [token], accessOnly: false, jar: false, challenges: [], client: laptop }
  }

  /** The challenge in the response to a stale token of a jar. */
  async function challenged(engine: Engine, grant: Grant, ...challenges: string[]) {
    const attempt = engine.refresh({ ...asked(grant), jar: true, challenges })
    const error = await expectRefusal(attempt, 'stale_refresh_token')
    expect(error.challenge).toBeTypeOf('string')
    return error.challenge ?? ''
  }

  async function expectRefusal(attempt: Promise<unknown>, code: SessionError['code']) {
    const error = await attempt.then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(SessionError)
    expect((error as SessionError).code).toBe(code)
    return error as SessionError
  }

  async function identify(engine: Engine, refresh: string | null, access: string | null) {
    const list = (token: string | null) => (token === null ? [] : [token])
    const named = await engine.identify({ refresh: list(refresh), access: list(access) })
    return named.map(({ sessionId }) => sessionId)
  }

  const row = ({ sessionId }: Grant) => test.sessions.find(sessionId)
  const ended = async (grant: Grant) => (await row(grant))?.endedReason
  const kinds = async ({ sessionId }: Grant) =>
    (await test.sessions.events(sessionId, 20)).map(({ kind }) => kind)
})
