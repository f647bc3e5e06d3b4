import { CHALLENGE_TTL_MS, type Decision, MAX_BRANCH, decide as real } from '../rotation'
import type { Position, RotationState } from '../store'
import type { Decide } from './server'

/** Each takes one precaution out of the policy, and leaves the rest to the real function. */

export const noChallenge: Decide = (row, presented, now, caller, graceMs) =>
  real(row, presented, now, { ...caller, jar: caller.jar && caller.accessOnly }, graceMs)

export const freshTokenInGrace: Decide = (row, presented, now, caller, graceMs) => {
  if (caller.accessOnly || !isParent(row, presented) || now - row.issuedAt > graceMs)
    return real(row, presented, now, caller, graceMs)
  return reissue(row)
}

export const sameTokenInGrace: Decide = (row, presented, now, caller, graceMs) => {
  if (caller.accessOnly || !isParent(row, presented) || now - row.issuedAt > graceMs)
    return real(row, presented, now, caller, graceMs)
  const { generation, branch, parentBranch } = row
  return { kind: 'reissue', to: { generation, branch, parentBranch } }
}

export const rotationAfterGrace: Decide = (row, presented, now, caller, graceMs) => {
  if (caller.accessOnly || !isCurrent(row, presented) || now - row.issuedAt <= graceMs)
    return real(row, presented, now, caller, graceMs)
  return moveTo('rotate', presented)
}

export const challengeInGrace: Decide = (row, presented, now, caller, graceMs) => {
  const { challenge } = caller
  if (challenge === null || now - challenge.issuedAt > CHALLENGE_TTL_MS)
    return real(row, presented, now, caller, graceMs)
  const issuedAt = Math.max(challenge.issuedAt, row.issuedAt + graceMs + 1)
  return real(row, presented, now, { ...caller, challenge: { ...challenge, issuedAt } }, graceMs)
}

export const orphanReissued: Decide = (row, presented, now, caller, graceMs) => {
  const decision = real(row, presented, now, caller, graceMs)
  const isOrphan = presented.generation === row.generation && presented.branch < row.branch
  return decision.kind === 'revoke' && isOrphan ? reissue(row) : decision
}

export const lowerAdopted: Decide = (row, presented, now, caller, graceMs) => {
  const decision = real(row, presented, now, caller, graceMs)
  return decision.kind === 'revoke' ? moveTo('adopt', presented) : decision
}

export const noLimit: Decide = (row, presented, now, caller, graceMs) => {
  const decision = real(row, presented, now, caller, graceMs)
  const isEnd = decision.kind === 'revoke' && isParent(row, presented) && row.branch >= MAX_BRANCH
  return isEnd ? reissue(row) : decision
}

export const noGrace: Decide = (row, presented, now, caller, graceMs) =>
  !caller.accessOnly && isParent(row, presented) && now - row.issuedAt <= graceMs
    ? { kind: 'revoke' }
    : real(row, presented, now, caller, graceMs)

export const noReissue: Decide = (row, presented, now, caller, graceMs) => {
  const decision = real(row, presented, now, caller, graceMs)
  return decision.kind === 'reissue' ? { kind: 'revoke' } : decision
}

export const nothingAdopted: Decide = (row, presented, now, caller, graceMs) => {
  const decision = real(row, presented, now, caller, graceMs)
  return decision.kind === 'adopt' ? { kind: 'revoke' } : decision
}

export const accessOnlyNotChallenged: Decide = (row, presented, now, caller, graceMs) =>
  real(row, presented, now, { ...caller, jar: caller.jar && !caller.accessOnly }, graceMs)

const isCurrent = (row: RotationState, { generation, branch }: Position) =>
  generation === row.generation && branch === row.branch

const isParent = (row: RotationState, { generation, branch }: Position) =>
  generation === row.generation - 1 && branch === row.parentBranch

function reissue({ generation, branch, parentBranch }: RotationState): Decision {
  return { kind: 'reissue', to: { generation, branch: branch + 1, parentBranch } }
}

function moveTo(kind: 'rotate' | 'adopt', { generation, branch }: Position): Decision {
  return { kind, to: { generation: generation + 1, branch: 0, parentBranch: branch } }
}
