import { describe, expect, it } from 'vitest'
import {
  type Caller,
  CHALLENGE_TTL_MS,
  type Challenge,
  type Decision,
  decide,
  fulfils,
  LOSS_TOLERANCE_MS,
  MAX_CHALLENGES,
  rotationIfDue,
} from './rotation'
import type { Position, RotationState } from './session'

const GRACE_MS = 30_000
const HOUR_MS = 3_600_000
/** The branch of the last reissue. */
const LAST = LOSS_TOLERANCE_MS + 1
const ISSUED = 1_800_000_000_000
const NEVER = ISSUED + 10 ** 12

const row = (branch = 0): RotationState => ({
  generation: 7,
  branch,
  parentBranch: 2,
  issuedAt: ISSUED,
  idleExpiresAt: NEVER,
  expiresAt: NEVER,
  endedReason: null,
  userDisabled: false,
})

const current = { generation: 7, branch: 0 }
const parent = { generation: 6, branch: 2 }
const orphan = { generation: 7, branch: 0 }
const parentsOrphan = { generation: 6, branch: 1 }
const parentsSuccessor = { generation: 6, branch: 3 }
const ancestor = { generation: 5, branch: 2 }

const direct: Caller = { accessOnly: false, jar: false, challenge: null }
const directAccess: Caller = { accessOnly: true, jar: false, challenge: null }
const jar: Caller = { accessOnly: false, jar: true, challenge: null }
const jarAccess: Caller = { accessOnly: true, jar: true, challenge: null }

const renew: Decision = { kind: 'renew' }
const revoke: Decision = { kind: 'revoke' }
const wait: Decision = { kind: 'wait' }
const replaced: Decision = { kind: 'refuse', code: 'refresh_token_replaced' }
const challenged = (ordinal: number): Decision => ({ kind: 'challenge', ordinal })
const reissueTo = (branch: number): Decision => ({
  kind: 'reissue',
  to: { generation: 7, branch, parentBranch: 2 },
})
const movedFrom = (kind: 'rotate' | 'adopt', { generation, branch }: Position): Decision => ({
  kind,
  to: { generation: generation + 1, branch: 0, parentBranch: branch },
})

/** A challenge at the row's position, made `age` milliseconds after the row's issue. */
const madeAt = (age: number, branch = 0, ordinal = 1): Challenge => ({
  generation: 7,
  branch,
  issuedAt: ISSUED + age,
  ordinal,
})
/** The caller with a challenge that was made just now, `age` milliseconds after the issue. */
const proven = (caller: Caller, age: number, branch = 0): Caller => ({
  ...caller,
  challenge: madeAt(age, branch),
})

type Case = readonly [
  title: string,
  state: RotationState,
  presented: Position,
  age: number,
  caller: Caller,
  expected: Decision,
]

function table(cases: readonly Case[]) {
  it.each(cases)('%s', (_, state, presented, age, caller, expected) => {
    expect(decide(state, presented, ISSUED + age, caller, GRACE_MS)).toEqual(expected)
    // A store that rotates where it reads is told the same.
    if (caller.accessOnly) return
    const { condition, to } = rotationIfDue(presented, ISSUED + age, GRACE_MS)
    const ahead = fulfils(state, condition) ? { kind: 'rotate', to } : null
    expect(ahead).toEqual(expected.kind === 'rotate' ? expected : null)
  })
}

describe('a session that is over is refused with the true reason', () => {
  const ended = (state: Partial<RotationState>): RotationState => ({ ...row(), ...state })
  const refuse = (code: Extract<Decision, { kind: 'refuse' }>['code']): Decision => ({
    kind: 'refuse',
    code,
  })
  const expiry = ISSUED + 500
  table([
    [
      'signed out',
      ended({ endedReason: 'signed_out' }),
      current,
      0,
      jar,
      refuse('session_signed_out'),
    ],
    [
      'a copy was used',
      ended({ endedReason: 'reused' }),
      current,
      0,
      jar,
      refuse('refresh_token_reused'),
    ],
    [
      'ended elsewhere',
      ended({ endedReason: 'ended_elsewhere' }),
      current,
      0,
      jar,
      refuse('session_revoked'),
    ],
    [
      'password changed',
      ended({ endedReason: 'password_changed' }),
      current,
      0,
      jar,
      refuse('session_revoked'),
    ],
    [
      'replaced by a new sign-in',
      ended({ endedReason: 'replaced' }),
      current,
      0,
      jar,
      refuse('session_revoked'),
    ],
    [
      'over the limit of sessions',
      ended({ endedReason: 'over_limit' }),
      current,
      0,
      jar,
      refuse('session_revoked'),
    ],
    ['user disabled', ended({ userDisabled: true }), current, 0, jar, refuse('session_revoked')],
    [
      'idle expiry reached',
      ended({ idleExpiresAt: expiry }),
      current,
      500,
      jar,
      refuse('session_expired'),
    ],
    ['a moment before idle expiry', ended({ idleExpiresAt: expiry }), current, 499, jar, renew],
    [
      'absolute expiry reached',
      ended({ expiresAt: expiry }),
      current,
      500,
      jar,
      refuse('session_expired'),
    ],
    ['a moment before absolute expiry', ended({ expiresAt: expiry }), current, 499, jar, renew],
    [
      'an ended session names how it ended, even once it has expired too',
      ended({ endedReason: 'signed_out', expiresAt: expiry }),
      current,
      500,
      jar,
      refuse('session_signed_out'),
    ],
    [
      'a token ahead of an ended session is not adopted',
      ended({ endedReason: 'signed_out' }),
      { generation: 9, branch: 0 },
      0,
      jar,
      refuse('session_signed_out'),
    ],
    [
      'a dead token of an ended session is not revoked again',
      ended({ endedReason: 'reused' }),
      ancestor,
      0,
      direct,
      refuse('refresh_token_reused'),
    ],
  ])
})

describe('the current token', () => {
  table([
    ['renews when just issued', row(), current, 0, jar, renew],
    ['renews at exactly three graces', row(), current, 3 * GRACE_MS, jar, renew],
    [
      'rotates after three graces',
      row(),
      current,
      3 * GRACE_MS + 1,
      jar,
      movedFrom('rotate', current),
    ],
    [
      'rotates for a direct client too',
      row(),
      current,
      3 * GRACE_MS + 1,
      direct,
      movedFrom('rotate', current),
    ],
    ['renews for access only, however old', row(), current, 10 ** 9, directAccess, renew],
    ['renews for access only in a jar, however old', row(), current, 10 ** 9, jarAccess, renew],
    [
      'rotates from its own branch',
      row(3),
      { generation: 7, branch: 3 },
      3 * GRACE_MS + 1,
      jar,
      movedFrom('rotate', { generation: 7, branch: 3 }),
    ],
  ])
})

describe('the parent within grace', () => {
  table([
    ['renews at once', row(), parent, 0, jar, renew],
    ['renews at exactly grace', row(), parent, GRACE_MS, jar, renew],
    ['renews directly', row(), parent, GRACE_MS, direct, renew],
    ['renews for access only', row(), parent, GRACE_MS, directAccess, renew],
    ['renews on the last branch', row(LAST), parent, GRACE_MS, direct, renew],
  ])
})

describe('the parent after grace', () => {
  const late = GRACE_MS + 1
  table([
    ['is reissued to a direct client', row(), parent, late, direct, reissueTo(late)],
    ['is challenged in a jar', row(), parent, late, jar, challenged(1)],
    ['is challenged in a jar for access only', row(), parent, late, jarAccess, challenged(1)],
    [
      'is reissued to a jar that proved it',
      row(),
      parent,
      late,
      proven(jar, late),
      reissueTo(late),
    ],
    [
      'renews for access only in a jar that proved it',
      row(),
      parent,
      late,
      proven(jarAccess, late),
      renew,
    ],
    [
      'gets nothing, and ends nothing, for access only without a jar',
      row(),
      parent,
      late,
      directAccess,
      replaced,
    ],
  ])

  const day = 24 * HOUR_MS
  it.each<[string, number, number, Decision]>([
    ['F42 a first time in the first hour', 0, HOUR_MS, reissueTo(HOUR_MS)],
    ['F42 on a branch of whole milliseconds', 0, HOUR_MS / 2 + 0.75, reissueTo(HOUR_MS / 2)],
    ['F42 a first time in the second hour', 0, HOUR_MS + 1, reissueTo(HOUR_MS + 1)],
    ['F42 a first time later, as if in the second hour', 0, day, reissueTo(2 * HOUR_MS)],
    ['F42 not twice in the first hour', HOUR_MS / 4, (HOUR_MS * 3) / 4, renew],
    ['F42 again in the second hour', HOUR_MS / 4, HOUR_MS, reissueTo(HOUR_MS * 1.25)],
    ['F42 again later, as if in the second hour', HOUR_MS / 4, day, reissueTo(2 * HOUR_MS)],
    ['F42 not twice in the second hour', HOUR_MS * 1.25, HOUR_MS * 0.75, renew],
    ['F42 a last time after it', HOUR_MS * 1.25, HOUR_MS * 0.75 + 1, reissueTo(LAST)],
    ['F42 a last time a day after it', 2 * HOUR_MS, day, reissueTo(LAST)],
    ['F42 never after the last time', LAST, GRACE_MS + 1, revoke],
    ['again on the last branch of the former rule', 8, day, reissueTo(2 * HOUR_MS)],
    ['again on a branch of the former rule, after an hour', 8, HOUR_MS, reissueTo(HOUR_MS + 8)],
  ])('is reissued %s', (_, branch, age, expected) => {
    const at = (caller: Caller) => decide(row(branch), parent, ISSUED + age, caller, GRACE_MS)
    const forAccess = expected === revoke ? revoke : renew
    expect(at(direct)).toEqual(expected)
    expect(at(jar)).toEqual(challenged(1))
    expect(at(proven(jar, age, branch))).toEqual(expected)
    expect(at(proven(jarAccess, age, branch))).toEqual(forAccess)
    expect(at(directAccess)).toEqual(replaced)
  })
})

describe.each([
  ['an orphan', row(1), orphan],
  ['an orphan of the parent', row(), parentsOrphan],
  ['a branch of the parent that came after it', row(), parentsSuccessor],
  ['an ancestor', row(), ancestor],
] as const)('%s', (_, state, presented) => {
  const late = GRACE_MS + 1
  table([
    ['ends the session when it comes directly', state, presented, 0, direct, revoke],
    ['ends the session when it comes directly and late', state, presented, late, direct, revoke],
    ['is challenged in a jar', state, presented, 0, jar, challenged(1)],
    ['is challenged in a jar for access only', state, presented, late, jarAccess, challenged(1)],
    [
      'gets nothing, and ends nothing, for access only without a jar',
      state,
      presented,
      late,
      directAccess,
      replaced,
    ],
    [
      'ends the session in a jar that proved it',
      state,
      presented,
      late,
      proven(jar, late, state.branch),
      revoke,
    ],
  ])
})

describe('a challenge', () => {
  const made = GRACE_MS + 1
  const withChallenge = (challenge: Challenge): Caller => ({ ...jar, challenge })
  const old = made + CHALLENGE_TTL_MS
  table([
    [
      'made at exactly grace proves nothing',
      row(),
      ancestor,
      made,
      withChallenge(madeAt(GRACE_MS)),
      challenged(2),
    ],
    [
      'made after grace proves what the jar holds',
      row(),
      ancestor,
      made,
      withChallenge(madeAt(made)),
      revoke,
    ],
    ['holds for exactly sixty seconds', row(), ancestor, old, withChallenge(madeAt(made)), revoke],
    [
      'proves nothing after that, and counts no more',
      row(),
      ancestor,
      old + 1,
      withChallenge(madeAt(made)),
      challenged(1),
    ],
    [
      'for another branch proves nothing',
      row(1),
      ancestor,
      made,
      withChallenge(madeAt(made, 0)),
      challenged(2),
    ],
    [
      'for another generation proves nothing',
      row(),
      ancestor,
      made,
      withChallenge({ ...madeAt(made), generation: 6 }),
      challenged(2),
    ],
    [
      'is not made a third time for one request',
      row(),
      ancestor,
      made,
      withChallenge(madeAt(0, 0, MAX_CHALLENGES)),
      wait,
    ],
    [
      'is made anew once the last of them has expired',
      row(),
      ancestor,
      CHALLENGE_TTL_MS + 1,
      withChallenge(madeAt(0, 0, MAX_CHALLENGES)),
      challenged(1),
    ],
    [
      'is not asked of the current token',
      row(),
      current,
      made,
      withChallenge(madeAt(0, 0, 2)),
      renew,
    ],
    [
      'is not asked of the parent within grace',
      row(),
      parent,
      GRACE_MS,
      withChallenge(madeAt(0, 0, 2)),
      renew,
    ],
  ])
})

describe('a token ahead of the row', () => {
  const nextGeneration = { generation: 8, branch: 0 }
  const farAhead = { generation: 12, branch: 4 }
  const nextBranch = { generation: 7, branch: 1 }
  table([
    [
      'of the next generation is adopted',
      row(),
      nextGeneration,
      0,
      jar,
      movedFrom('adopt', nextGeneration),
    ],
    [
      'of a much later generation is adopted',
      row(),
      farAhead,
      0,
      jar,
      movedFrom('adopt', farAhead),
    ],
    ['of a later branch is adopted', row(), nextBranch, 0, jar, movedFrom('adopt', nextBranch)],
    [
      'is adopted for a direct client',
      row(),
      farAhead,
      10 ** 9,
      direct,
      movedFrom('adopt', farAhead),
    ],
    ['renews for access only', row(), nextGeneration, 0, directAccess, renew],
    ['renews for access only in a jar', row(), nextGeneration, 0, jarAccess, renew],
  ])
})
