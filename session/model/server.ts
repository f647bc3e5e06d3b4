import type { Caller, Decision, decide } from '../rotation'
import type { Position, RotationState } from '../session'
import {
  branchOf,
  type Challenge,
  GRACE,
  generationOf,
  nameOf,
  type Row,
  rebase,
  TICK_MS,
  type Token,
  tokenAt,
  type World,
} from './world'

/** The decision under test: the real one, or a weakened one. */
export type Decide = typeof decide

/** Who asks, in ticks and numbers. */
export interface Asker {
  readonly accessOnly: boolean
  readonly jar: boolean
  readonly challenge: Challenge | null
}

export interface Verdict {
  readonly kind: Decision['kind']
  /** The world after it. */
  readonly world: World
  /** The refresh token that the answer carries, if any. */
  readonly token: Token | null
  readonly challenge: Challenge | null
}

const NOW = 10_000 * TICK_MS

/** A request with `token` arrives: the server decides and writes, in one atomic step. */
export function ask(
  decide: Decide,
  world: World,
  token: Token,
  asker: Asker,
  exact = false,
): Verdict {
  const { row } = world
  const decision = decide(
    stateOf(row),
    positionOf(token),
    NOW,
    callerOf(asker),
    GRACE * TICK_MS,
    world.tolerance * TICK_MS,
  )
  switch (decision.kind) {
    case 'rotate':
    case 'reissue':
    case 'adopt': {
      const at = tokenAt(decision.to.generation, decision.to.branch)
      const parent = tokenAt(decision.to.generation - 1, decision.to.parentBranch)
      // Only a weakened decision gives a token out again; that writes nothing.
      const after = at === row.at ? world : rebase(world, { at, parent, age: 0 }, exact)
      return { kind: decision.kind, world: after, token: after.row.at, challenge: null }
    }
    case 'challenge': {
      const challenge = { at: row.at, attempt: decision.attempt, age: 0 }
      return { kind: 'challenge', world, token: null, challenge }
    }
    default:
      return { kind: decision.kind, world, token: null, challenge: null }
  }
}

/** What was asked and decided, in words. */
export function tell(row: Row, token: Token, asker: Asker, kind: Decision['kind']): string {
  const how = [
    asker.accessOnly ? 'for access only' : null,
    asker.jar ? null : 'directly',
    asker.challenge ? `with a challenge made ${asker.challenge.age} ago` : null,
  ].filter((part) => part !== null)
  const what = [nameOf(token, row), ...how].join(' ')
  const branch = branchOf(row.at) / TICK_MS
  return `${what}, to branch ${Math.ceil(branch)} issued ${row.age} ago: ${kind.toUpperCase()}`
}

function stateOf(row: Row): RotationState {
  const { generation, branch } = positionOf(row.at)
  return {
    generation,
    branch,
    parentBranch: branchOf(row.parent),
    issuedAt: NOW - row.age * TICK_MS,
    idleExpiresAt: 2 * NOW,
    expiresAt: 2 * NOW,
    endedReason: null,
    userDisabled: false,
  }
}

function callerOf({ accessOnly, jar, challenge }: Asker): Caller {
  if (challenge === null) return { accessOnly, jar, challenge }
  const issuedAt = NOW - challenge.age * TICK_MS
  const { generation, branch } = positionOf(challenge.at)
  const { attempt } = challenge
  return { accessOnly, jar, challenge: { generation, branch, issuedAt, attempt } }
}

const positionOf = (token: Token): Position => ({
  generation: generationOf(token),
  branch: branchOf(token),
})
