import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decide, LOSS_TOLERANCE_MS } from '../rotation'
import { type Conditions, honest } from './browser'
import { thiefAtCadence } from './cadence'
import { longestStreak, streaks } from './losses'
import * as weakened from './mutations'
import { type Best, best } from './plan'
import { exhaust, type Findings, type Space } from './search'
import type { Decide } from './server'
import { thiefInStep, thiefOfBrowser } from './thief'
import { GRACE, TICK_MS, type World } from './world'

/**
 * Checks the policy itself against every interleaving of what browsers, networks, databases and thieves do. A grace is two ticks.
 * The searches that follow single messages use a tolerance of a few graces, because every length of time that the policy can
 * tell apart makes another world. The searches that measure losses and a thief's plans use the product's tolerance.
 */

interface Honest {
  readonly name: string
  readonly conditions: Partial<Conditions>
  /** Weakened policies that this search must refute. */
  readonly weaknesses: Readonly<Record<string, Decide>>
}

const slow = 3 * GRACE
/** So short that every first reissue gets the same branch. */
const brief = GRACE + 1

/** The limit for one test on a busy machine. On an idle one all tests together take a tenth of it. */
const TIMEOUT_MS = 180_000

const honestWorlds: readonly Honest[] = [
  {
    name: 'two requests in flight',
    conditions: { reissues: 3 },
    weaknesses: {
      'callers are never challenged': weakened.noChallenge,
      'a straggler in grace gets a fresh refresh token': weakened.freshTokenInGrace,
    },
  },
  {
    name: 'a crash that throws the jar back',
    conditions: { reissues: 1, tolerance: brief, crash: true },
    weaknesses: { 'a token rotates as soon as grace is over': weakened.rotationAfterGrace },
  },
  {
    name: 'access-only requests mixed in',
    conditions: { accessOnly: true },
    weaknesses: { 'access-only requests are never challenged': weakened.accessOnlyNotChallenged },
  },
  {
    name: 'requests up to three graces late',
    conditions: { requestLate: slow },
    weaknesses: { 'a challenge made within grace is valid': weakened.challengeInGrace },
  },
  {
    name: 'three requests in flight',
    conditions: { inFlight: 3, reissues: 1, tolerance: brief },
    weaknesses: { 'a straggler in grace gets a fresh refresh token': weakened.freshTokenInGrace },
  },
  {
    name: 'one request in flight and losses for eight graces',
    conditions: { inFlight: 1, reissues: 3, tolerance: 8 * GRACE },
    weaknesses: { 'a lost response ends the session': weakened.noReissue },
  },
  {
    name: 'middleware that sends its request once more',
    conditions: { inFlight: 1, retry: true, requestLate: slow },
    weaknesses: { 'there is no grace': weakened.noGrace },
  },
  {
    name: 'a database that is rolled back',
    conditions: { inFlight: 1, reissues: 1, tolerance: brief, restore: true },
    weaknesses: { 'nothing ahead of the row is adopted': weakened.nothingAdopted },
  },
  {
    name: 'a direct client without a jar, which may repeat itself',
    conditions: { inFlight: 1, jar: false, reissues: 3, retry: true },
    weaknesses: { 'a lost response ends the session': weakened.noReissue },
  },
]

describe.each(honestWorlds)('an honest caller with $name', ({ name, conditions, weaknesses }) => {
  it(
    'is never refused and never ends the session',
    () => {
      expectNone(name, exhaust(honest(decide, conditions)))
    },
    TIMEOUT_MS,
  )

  it.each(Object.entries(weaknesses))(
    'would suffer if %s',
    (weakness, weak) => {
      expectTrace(weakness, exhaust(honest(weak, conditions)))
    },
    TIMEOUT_MS,
  )
})

const thieves: Readonly<Record<string, (by: Decide) => Space<World>>> = {
  'a thief in step with his victim': thiefInStep,
  'a thief beside a browser with late and lost responses': thiefOfBrowser,
}

const exchanges: Readonly<Record<string, Decide>> = {
  'every racer in grace gets the same refresh token': weakened.sameTokenInGrace,
  'an orphan is reissued': weakened.orphanReissued,
  'lower positions are adopted': weakened.lowerAdopted,
}

describe.each(Object.entries(thieves))('%s', (name, space) => {
  it(
    'is in at most one round in which both got a refresh token',
    () => {
      expectNone(name, exhaust(space(decide)))
    },
    TIMEOUT_MS,
  )

  it.each(Object.entries(exchanges))(
    'would live on if %s',
    (weakness, weak) => {
      expectTrace(weakness, exhaust(space(weak)))
    },
    TIMEOUT_MS,
  )
})

const TOLERANCE = LOSS_TOLERANCE_MS / TICK_MS
const HOUR = 3_600_000 / TICK_MS

const cadences: Readonly<Record<string, number>> = {
  '15 s, half a grace': 1,
  '1 min': HOUR / 60,
  '14 min': (HOUR * 14) / 60,
  '1 h': HOUR,
  '8 h': 8 * HOUR,
  '1 day': 24 * HOUR,
  '1 week': 7 * 24 * HOUR,
}

/** Cadences, in ticks, just below and above those at which a rule changes its decision. */
const between = [20, 60, 120, 121, 180, HOUR - 1, HOUR + 1, HOUR + 3, 360, TOLERANCE, 481, 720]

describe('F42 a thief who plans, beside a victim who comes regularly', () => {
  const planned = (by: Decide, cadence: number, tolerance = TOLERANCE) =>
    best(thiefAtCadence(by, cadence, tolerance))
  const rows: string[] = []

  it.each(Object.entries(cadences))(
    'a visit each %s: is out in time, and losses are survived',
    (name, cadence) => {
      const thief = planned(decide, cadence)
      const losses = longestStreak(decide, cadence, TOLERANCE)
      console.log(`a visit each ${name}: ${count(thief.states)}`)
      const numbers = [thief.exchanges, thief.visits, time(thief.ticks), losses.lost]
      rows.push(`| ${[name, ...numbers, time(losses.ticks)].join(' | ')} |`)
      expect(thief.states).toBeGreaterThan(1_000)
      expectOut(thief, cadence)
    },
    TIMEOUT_MS,
  )

  it('matches the table in README', () => {
    console.log(['what a thief and a victim get, by cadence', ...rows].join('\n  '))
    const quoted = readFileSync('README.md', 'utf8').split('\n')
    expect(quoted.filter((line) => rows.includes(line))).toEqual(rows)
  })

  it.each(between)(
    'a visit each %d ticks: is out in time',
    (cadence) => {
      expectOut(planned(decide, cadence), cadence)
    },
    TIMEOUT_MS,
  )

  const endless: Readonly<Record<string, Decide>> = {
    'the time since the rotation were forgotten at each reissue': weakened.timeForgotten,
    'the last reissue were followed by another': weakened.noLast,
    'every racer in grace got the same refresh token': weakened.sameTokenInGrace,
  }

  it.each(Object.entries(endless))(
    'would stay for ever if %s',
    (weakness, weak) => {
      const { ticks, states, trace } = planned(weak, HOUR)
      expectTrace(weakness, { states, trace })
      expect(ticks).toBe(Number.POSITIVE_INFINITY)
    },
    TIMEOUT_MS,
  )

  it(
    'stayed for ten days, with a visit a day, where waits doubled eight times',
    () => {
      // The tolerance is long enough to tell the longest of those waits from longer ones.
      const { states, trace, ...gain } = planned(weakened.doublingWaits, 24 * HOUR, 2 ** 9 * GRACE)
      expectTrace('waits double eight times', { states, trace })
      expect({ ...gain, ticks: time(gain.ticks) }).toEqual({
        ...{ exchanges: 9, visits: 9, ticks: '10 days' },
      })
    },
    TIMEOUT_MS,
  )

  it(
    'would share four visits, little more than an hour apart, if the tolerance were half an hour longer',
    () => {
      const { states, trace, visits } = planned(decide, HOUR + 1, TOLERANCE * 1.25)
      expectTrace('the tolerance is half an hour longer', { states, trace })
      expect(visits).toBe(4)
    },
    TIMEOUT_MS,
  )
})

describe('F42 responses that are lost in a row', () => {
  it(
    'end no session within the tolerance, nor if there are two, however late the next visit is',
    () => {
      expectNone('losses in a row', exhaust(streaks(decide, TOLERANCE)))
    },
    TIMEOUT_MS,
  )

  it.each(
    Object.entries({
      'they may be lost for half as long': weakened.lessTolerance,
      'a generation is never issued again': weakened.noReissue,
    }),
  )(
    'would end one if %s',
    (weakness, weak) => {
      expectTrace(weakness, exhaust(streaks(weak, TOLERANCE)))
    },
    TIMEOUT_MS,
  )
})

function expectOut({ ticks, visits, exchanges }: Best, cadence: number) {
  expect(exchanges).toBeLessThanOrEqual(4)
  // A victim who comes a grace after the thief is renewed as if they had come at once.
  if (cadence > HOUR + GRACE) expect(visits).toBeLessThanOrEqual(3)
  else expect(ticks).toBeLessThanOrEqual(8 * HOUR)
}

function time(ticks: number): string {
  const hours = ticks / HOUR
  if (hours < 10) return `${hours.toFixed(1)} h`
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`
}

function expectNone(name: string, { states, trace }: Findings) {
  console.log([`${name}: ${count(states)}`, ...shown(trace ?? [])].join('\n  '))
  expect(trace === null, 'no counterexample').toBe(true)
  expect(states).toBeGreaterThan(1_000)
}

function expectTrace(weakness: string, { states, trace }: Findings) {
  console.log([`if ${weakness} (${count(states)}):`, ...shown(trace ?? [])].join('\n  '))
  expect(trace !== null, 'a counterexample').toBe(true)
}

/** The lines of a run to print: without renewals if it is long, and cut after 29 lines. */
function shown(lines: readonly string[]): readonly string[] {
  const kept = lines.length <= 30 ? lines : lines.filter((line) => !line.endsWith('RENEW'))
  return kept.length <= 30 ? kept : [...kept.slice(0, 29), '…']
}

const count = (states: number) => `${states.toLocaleString('en')} states`
