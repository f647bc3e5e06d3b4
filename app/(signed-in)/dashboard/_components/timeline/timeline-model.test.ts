import { expect, it } from 'vitest'
import type { Life } from '@/contracts/life'
import { timelineOf } from './timeline-model'

const START = 1_800_000_000_000
const MINUTE = 60_000
const CONFIG = { lifetimeMs: 15 * MINUTE, leewayMs: MINUTE }

function lifeAt(now: number, fields: Partial<Life> = {}): Life {
  return {
    now,
    userId: 'ada',
    signedInAt: START + 300,
    issuedAt: START + 300,
    renewals: 0,
    idleExpiresAt: START + 14 * 24 * 60 * MINUTE,
    expiresAt: START + 30 * 24 * 60 * MINUTE,
    ended: null,
    // A token says when it was issued to the second.
    access: { issuedAt: START, expiresAt: START + 15 * MINUTE },
    events: [{ id: 1, kind: 'signed_in', at: START + 300, detail: null, device: 'Chrome' }],
    ...fields,
  }
}

const at = (minute: number) => START + minute * MINUTE
const seen = (minute: number, isWritten: boolean) => ({
  at: at(minute),
  until: at(minute + 15),
  isWritten,
})

it('has one bar and one mark after a sign-in, and the next refresh ahead', () => {
  const timeline = timelineOf(lifeAt(at(1)), [], at(1), CONFIG)
  expect(timeline.bars).toHaveLength(1)
  expect(timeline.marks.map(({ kind }) => kind)).toEqual(['sign-in'])
  expect(timeline).toMatchObject({ nextRefreshAt: at(14), renewals: 0, unknown: 0 })
})

it('counts a rotation from the row, and a renewal that wrote nothing from the access token', () => {
  const access = { issuedAt: at(30), expiresAt: at(45) }
  const life = lifeAt(at(31), { issuedAt: at(15), renewals: 1, access })
  const timeline = timelineOf(life, [], at(31), CONFIG)
  expect(timeline.marks.map(({ kind }) => kind)).toEqual(['sign-in', 'refresh', 'refresh'])
  expect(timeline).toMatchObject({ renewals: 2, unwritten: 1, unknown: 0, nextRefreshAt: at(44) })
})

it('counts a token once, whoever tells of it', () => {
  const life = lifeAt(at(31), {
    issuedAt: at(15) + 400,
    renewals: 1,
    access: { issuedAt: at(15), expiresAt: at(30) },
  })
  const issues = [seen(15, true), seen(15, false), seen(30, false)]
  expect(timelineOf(life, issues, at(31), CONFIG)).toMatchObject({ renewals: 2, unwritten: 1 })
})

it('says how many renewals it does not draw, since the row keeps the latest alone', () => {
  const life = lifeAt(at(151), {
    issuedAt: at(150),
    renewals: 10,
    access: { issuedAt: at(150), expiresAt: at(165) },
  })
  const timeline = timelineOf(life, [], at(151), CONFIG)
  expect(timeline).toMatchObject({ renewals: 10, unknown: 9 })
  expect(timeline.from).toBeGreaterThan(at(80))
  expect(timeline.marks.map(({ kind }) => kind)).toEqual(['refresh'])
})

it('marks a reissue once, as a challenge, a reuse and an end are', () => {
  const event = (id: number, kind: string, minute: number) => ({
    ...{ id, kind, at: at(minute), detail: null, device: 'Chrome' },
  })
  const life = lifeAt(at(41), {
    issuedAt: at(20),
    renewals: 2,
    ended: { reason: 'reused', at: at(40) },
    access: { issuedAt: at(20), expiresAt: at(35) },
    events: [
      event(5, 'reuse_detected', 40),
      event(4, 'reissued', 20),
      event(3, 'stale_challenged', 19),
    ],
  })
  const timeline = timelineOf(life, [], at(41), CONFIG)
  expect(timeline.marks.map(({ kind }) => kind)).toEqual(['challenge', 'reissue', 'reuse'])
  expect(timeline).toMatchObject({ nextRefreshAt: null, unknown: 1 })
  for (const bar of timeline.bars) expect(bar.until).toBeLessThanOrEqual(at(40))
})

it('gives all the width to what led to the end of a session', () => {
  const life = lifeAt(at(2), { ended: { reason: 'revoked', at: at(1) } })
  const { from, to } = timelineOf(life, [], at(90), CONFIG)
  expect(from).toBeGreaterThan(at(0) - 10_000)
  expect(to).toBeLessThan(at(1) + 10_000)
})
