import { CHALLENGE_TTL_MS, type Decision, LOSS_TOLERANCE_MS, decide as real } from '../rotation'
import type { RotationState } from '../session'
import type { Decide } from './server'

// Each mutation takes one precaution out of the policy and leaves the rest to the real function.

type Asked = Parameters<Decide>

/** A caller with a jar is never challenged, except for access only. */
export const noChallenge: Decide = (...asked) =>
  real(...from(asked, { caller: { ...asked[3], jar: asked[3].jar && asked[3].accessOnly } }))

/** Access-only requests are never challenged. */
export const accessOnlyNotChallenged: Decide = (...asked) =>
  real(...from(asked, { caller: { ...asked[3], jar: asked[3].jar && !asked[3].accessOnly } }))

/** A challenge made within grace counts as a proof. */
export const challengeInGrace: Decide = (...asked) => {
  const [row, , now, caller, graceMs] = asked
  const { challenge } = caller
  if (challenge === null || now - challenge.issuedAt > CHALLENGE_TTL_MS) return real(...asked)
  const issuedAt = Math.max(challenge.issuedAt, row.issuedAt + graceMs + 1)
  return real(...from(asked, { caller: { ...caller, challenge: { ...challenge, issuedAt } } }))
}

/** The parent gets a new refresh token within grace, on the next branch. */
export const freshTokenInGrace: Decide = (...asked) =>
  isRacer(asked) ? nextBranch(asked[0]) : real(...asked)

/** The parent gets the current refresh token within grace. */
export const sameTokenInGrace: Decide = (...asked) => {
  const { generation, branch, parentBranch } = asked[0]
  return isRacer(asked)
    ? { kind: 'reissue', to: { generation, branch, parentBranch } }
    : real(...asked)
}

/** The parent ends the session within grace. */
export const noGrace: Decide = (...asked) => (isRacer(asked) ? { kind: 'revoke' } : real(...asked))

/** The current token rotates after one grace, not after three. */
export const rotationAfterGrace: Decide = (...asked) => {
  const [row, presented, now, caller, graceMs] = asked
  const isCurrent = presented.generation === row.generation && presented.branch === row.branch
  if (caller.accessOnly || !isCurrent || now - row.issuedAt <= graceMs) return real(...asked)
  return moveFrom(asked, 'rotate')
}

/** A lost response ends the session. */
export const noReissue: Decide = (...asked) => insteadOf(asked, 'reissue', { kind: 'revoke' })

/** A token ahead of the row ends the session. */
export const nothingAdopted: Decide = (...asked) => insteadOf(asked, 'adopt', { kind: 'revoke' })

/** A token behind the row is adopted. */
export const lowerAdopted: Decide = (...asked) =>
  insteadOf(asked, 'revoke', moveFrom(asked, 'adopt'))

/** An orphan is reissued. */
export const orphanReissued: Decide = (...asked) => {
  const [row, presented] = asked
  const isOrphan = presented.generation === row.generation && presented.branch < row.branch
  return isOrphan ? insteadOf(asked, 'revoke', nextBranch(row)) : real(...asked)
}

/** The last reissue is followed by another. */
export const noLast: Decide = (...asked) =>
  isParent(asked) ? insteadOf(asked, 'revoke', nextBranch(asked[0])) : real(...asked)

/** Each reissue counts as the first since the rotation. */
export const timeForgotten: Decide = (...asked) => {
  if (!isParent(asked)) return real(...asked)
  const decision = real(...atBranch(asked, 0))
  return decision.kind === 'reissue' ? nextBranch(asked[0]) : decision
}

/** Responses may be lost for half as long. */
export const lessTolerance: Decide = (row, presented, now, caller, graceMs, toleranceMs) =>
  real(row, presented, now, caller, graceMs, (toleranceMs ?? LOSS_TOLERANCE_MS) / 2)

/** The rule until November 2026: a generation is reissued eight times, after waits that double. */
export const doublingWaits: Decide = (...asked) => {
  const [row, , now, caller, graceMs] = asked
  if (!isParent(asked)) return real(...asked)
  const decision = real(...atBranch(asked, 0))
  if (decision.kind !== 'renew' && decision.kind !== 'reissue') return decision
  if (now - row.issuedAt <= graceMs * 2 ** row.branch) return { kind: 'renew' }
  if (row.branch === 8) return { kind: 'revoke' }
  return caller.accessOnly ? { kind: 'renew' } : nextBranch(row)
}

/** Moves the row, and a challenge for its position, to another branch. */
function atBranch(asked: Asked, branch: number): Asked {
  const [row, , , caller] = asked
  const { challenge } = caller
  const isOfRow = challenge?.generation === row.generation && challenge.branch === row.branch
  const moved = isOfRow && challenge ? { ...challenge, branch } : challenge
  return from(asked, { row: { ...row, branch }, caller: { ...caller, challenge: moved } })
}

function from(
  [row, presented, now, caller, graceMs, toleranceMs]: Asked,
  changed: { row?: Asked[0]; caller?: Asked[3] },
): Asked {
  return [changed.row ?? row, presented, now, changed.caller ?? caller, graceMs, toleranceMs]
}

function insteadOf(asked: Asked, kind: Decision['kind'], other: Decision): Decision {
  const decision = real(...asked)
  return decision.kind === kind ? other : decision
}

const isParent = ([row, presented]: Asked) =>
  presented.generation === row.generation - 1 && presented.branch === row.parentBranch

/** True for the parent within grace, from a caller that could take a refresh token. */
const isRacer = (asked: Asked) =>
  !asked[3].accessOnly && isParent(asked) && asked[2] - asked[0].issuedAt <= asked[4]

function nextBranch({ generation, branch, parentBranch }: RotationState): Decision {
  return { kind: 'reissue', to: { generation, branch: branch + 1, parentBranch } }
}

function moveFrom([, { generation, branch }]: Asked, kind: 'rotate' | 'adopt'): Decision {
  return { kind, to: { generation: generation + 1, branch: 0, parentBranch: branch } }
}
