import { type Decision, decide } from '@/session/rotation'
import type { Position, RotationState } from '@/session/session'
import type { EpochMs } from '@/session/time'

/**
 * The row of the table in docs/decisions/0001-rotation.md by which `decide` decided: what was presented and, after a colon, under
 * which condition. A test holds the texts to that page.
 */
export function ruleOf(
  decision: Decision,
  row: RotationState,
  presented: Position,
  now: EpochMs,
  graceMs: number,
): string {
  const age = now - row.issuedAt
  const isCurrent = presented.generation === row.generation && presented.branch === row.branch
  const isParent =
    presented.generation === row.generation - 1 && presented.branch === row.parentBranch
  switch (decision.kind) {
    case 'renew':
      if (isCurrent) return RULES.currentYoung
      if (!isParent) return RULES.ahead
      if (age <= graceMs) return RULES.parentInGrace
      return decide(row, presented, now, PROGRAM, graceMs).kind === 'reissue'
        ? RULES.parentProved
        : RULES.parentAgain
    case 'rotate':
      return RULES.currentOld
    case 'reissue':
      return RULES.parentProved
    case 'adopt':
      return RULES.ahead
    case 'challenge':
    case 'wait':
      return RULES.unproved
    case 'revoke':
      return isParent ? RULES.parentLast : RULES.copy
    case 'refuse':
      return 'a session that is over'
  }
}

/** A caller without a jar whose answer carries a refresh token, so that a reissue that is due takes place. */
const PROGRAM = { accessOnly: false, jar: false, challenge: null }

/** The conditions of the table, in its words. */
export const RULES = {
  currentYoung:
    'the current token: issued at most 3 × grace ago, or the answer cannot carry a refresh token',
  currentOld: 'the current token: otherwise',
  parentInGrace: 'its parent, within grace',
  unproved:
    'its parent later, or a stale one (older, or of a branch that was left behind): from a cookie jar, without proof',
  parentProved:
    'its parent, proved or without a jar: not issued again yet in this part of the time since the rotation',
  parentAgain: 'its parent, proved or without a jar: issued again in it already',
  parentLast: 'its parent, proved or without a jar: issued a last time',
  copy: 'a stale one, proved or without a jar',
  ahead: 'one ahead of the row',
} as const
