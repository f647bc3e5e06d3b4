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

/** The caller of a refresh, with its challenge in the model's units. */
export interface Asker {
  readonly accessOnly: boolean
  readonly jar: boolean
  readonly challenge: Challenge | null
}

/** The server's decision on a request, and what follows from it. */
export interface Verdict {
  readonly kind: Decision['kind']
  /** The world afterwards. */
  readonly world: World
  /** The refresh token that the answer carries, or null. */
  readonly token: Token | null
  readonly challenge: Challenge | null
}

const NOW = 10_000 * TICK_MS

/** The server handles a request with `token`: it decides and writes in one atomic step. */
export function serve(
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
      // Only a weakened policy issues the current token again. Nothing is written then.
      const after = at === row.at ? world : rebase(world, { at, parent, age: 0 }, exact)
      return { kind: decision.kind, world: after, token: after.row.at, challenge: null }
    }
    case 'challenge': {
      const challenge = { at: row.at, ordinal: decision.ordinal, age: 0 }
      return { kind: 'challenge', world, token: null, challenge }
    }
    default:
      return { kind: decision.kind, world, token: null, challenge: null }
  }
}

/** Describes a request and the decision on it, for a trace. */
export function describeRequest(
  row: Row,
  token: Token,
  asker: Asker,
  kind: Decision['kind'],
): string {
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
  const { ordinal } = challenge
  return { accessOnly, jar, challenge: { generation, branch, issuedAt, ordinal } }
}

const positionOf = (token: Token): Position => ({
  generation: generationOf(token),
  branch: branchOf(token),
})
