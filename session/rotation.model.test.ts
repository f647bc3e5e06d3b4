import { describe, expect, it } from 'vitest'
import { type Conditions, honest } from './model/browser'
import { longest } from './model/longest'
import * as weakened from './model/mutations'
import { exhaust, type Findings, type Space } from './model/search'
import type { Decide } from './model/server'
import { canSteal, copies, thiefInStep, thiefOfActiveVictim, thiefOfBrowser } from './model/thief'
import { GRACE, type World } from './model/world'
import { decide } from './rotation'

/**
 * Every interleaving of what browsers, networks, databases and thieves do, against the policy itself. A grace is two
 * ticks. In honest worlds only losses in a row reach the limit of eight reissues; each says how many it follows.
 */

interface Honest {
  readonly name: string
  readonly conditions: Partial<Conditions>
  /** What this search is there to see. */
  readonly weaknesses: Readonly<Record<string, Decide>>
}

const slow = 3 * GRACE

/** For a busy machine; all of them together take a tenth of this on an idle one. */
const PATIENCE_MS = 180_000

const honestWorlds: readonly Honest[] = [
  {
    name: 'two requests in flight',
    conditions: { reissues: 4 },
    weaknesses: {
      'nobody is challenged': weakened.noChallenge,
      'a straggler in grace gets a fresh refresh token': weakened.freshTokenInGrace,
    },
  },
  {
    name: 'a crash that throws the jar back',
    conditions: { reissues: 1, crash: true },
    weaknesses: { 'a token rotates as soon as grace is over': weakened.rotationAfterGrace },
  },
  {
    name: 'access-only requests mixed in',
    conditions: { accessOnly: true },
    weaknesses: { 'access only is never challenged': weakened.accessOnlyNotChallenged },
  },
  {
    name: 'requests up to three graces late',
    conditions: { reissues: 3, requestLate: slow },
    weaknesses: { 'a challenge made within grace is valid': weakened.challengeInGrace },
  },
  {
    name: 'three requests in flight',
    conditions: { inFlight: 3, reissues: 1 },
    weaknesses: { 'a straggler in grace gets a fresh refresh token': weakened.freshTokenInGrace },
  },
  {
    name: 'one request in flight and eight losses in a row',
    conditions: { inFlight: 1, reissues: 8 },
    weaknesses: { 'a lost answer ends the session': weakened.noReissue },
  },
  {
    name: 'middleware that sends its request once more',
    conditions: { inFlight: 1, retry: true, requestLate: slow },
    weaknesses: { 'there is no grace': weakened.noGrace },
  },
  {
    name: 'a database that is rolled back',
    conditions: { inFlight: 1, reissues: 1, restore: true },
    weaknesses: { 'nothing ahead of the row is adopted': weakened.nothingAdopted },
  },
  {
    name: 'a direct client without a jar, which may repeat itself',
    conditions: { inFlight: 1, jar: false, reissues: 8, retry: true },
    weaknesses: { 'a lost answer ends the session': weakened.noReissue },
  },
]

describe.each(honestWorlds)('an honest caller with $name', ({ name, conditions, weaknesses }) => {
  it(
    'is never refused and never ends the session',
    () => {
      expectNone(name, exhaust(honest(decide, conditions)))
    },
    PATIENCE_MS,
  )

  it.each(Object.entries(weaknesses))(
    'would suffer if %s',
    (weakness, weak) => {
      expectTrace(weakness, exhaust(honest(weak, conditions)))
    },
    PATIENCE_MS,
  )
})

const thieves: Readonly<Record<string, (by: Decide) => Space<World>>> = {
  'a thief in step with his victim': thiefInStep,
  'a thief beside a browser with late and lost answers': (by) => thiefOfBrowser(by, 1),
}

const exchanges: Readonly<Record<string, Decide>> = {
  'every racer in grace gets the same refresh token': weakened.sameTokenInGrace,
  'an orphan is reissued': weakened.orphanReissued,
  'lower positions are adopted': weakened.lowerAdopted,
}

describe.each(Object.entries(thieves))('%s', (name, space) => {
  it(
    'shares at most one round of refresh tokens with his victim',
    () => {
      expectNone(name, exhaust(space(decide)))
    },
    PATIENCE_MS,
  )

  it.each(Object.entries(exchanges))(
    'would live on if %s',
    (weakness, weak) => {
      expectTrace(weakness, exhaust(space(weak)))
    },
    PATIENCE_MS,
  )
})

describe('a thief whose victim comes once a tick', () => {
  // Nine waits that double, and before them the time until the copied token first rotates.
  const BOUND = GRACE * (2 ** 9 + 10)
  const access = (by: Decide) =>
    longest(thiefOfActiveVictim(by), copies(by), (world) => canSteal(by, world), BOUND)

  it(
    'has his last access about grace × 2⁹ after the copy',
    () => {
      const { states, ticks, trace } = access(decide)
      expectNone(`a thief's access, at most ${ticks / GRACE} graces long`, { states, trace })
      expect(ticks).toBe(BOUND)
    },
    PATIENCE_MS,
  )

  it(
    'would have it for ever if there were no limit',
    () => {
      expectTrace('there is no limit', access(weakened.noLimit))
    },
    PATIENCE_MS,
  )
})

function expectNone(name: string, { states, trace }: Findings) {
  console.log([`${name}: ${count(states)}`, ...shown(trace ?? [])].join('\n  '))
  expect(trace === null, 'no counterexample').toBe(true)
  expect(states).toBeGreaterThan(1_000)
}

function expectTrace(weakness: string, { states, trace }: Findings) {
  console.log([`if ${weakness} (${count(states)}):`, ...shown(trace ?? [])].join('\n  '))
  expect(trace !== null, 'a counterexample').toBe(true)
}

/** A long run is told without its renewals. */
function shown(lines: readonly string[]): readonly string[] {
  return lines.length <= 30 ? lines : lines.filter((line) => !line.endsWith('RENEW'))
}

const count = (states: number) => `${states.toLocaleString('en')} states`
