import type { SessionErrorCode } from './errors'
import type { Position, RotationState } from './session'
import type { EpochMs } from './time'

/**
 * Responses that are lost in a row for up to this long (two hours) never end a session, however many they are. A thief who
 * keeps step with the owner has the same time, so it is not longer.
 */
export const LOSS_TOLERANCE_MS = 2 * 60 * 60_000
/** For how long, in milliseconds, a challenge proves what a jar holds. */
export const CHALLENGE_TTL_MS = 60_000
/** A current token is rotated once it is older than this many graces. */
const RENEWED_FOR_GRACES = 3
/** How often one request may be sent back to its jar. */
export const MAX_CHALLENGES = 2

/** A proof that the server told a caller, at `issuedAt`, to come back with what its jar holds now. */
export interface Challenge extends Position {
  readonly issuedAt: EpochMs
  /** Which challenge of this request this is, counting from 1. */
  readonly ordinal: number
}

/** What the caller of a refresh can receive, and what it has proved. */
export interface Caller {
  /** True if the response must not, or cannot, carry a refresh token. */
  readonly accessOnly: boolean
  /** True if the caller shares a cookie jar, so that it can be challenged. */
  readonly jar: boolean
  /** The challenge that the caller brings, made for this session, or null. */
  readonly challenge: Challenge | null
}

/** Where a rotation, a reissue or an adoption moves the session. */
export interface NextPosition extends Position {
  readonly parentBranch: number
}

/** What the engine does with a presented refresh token. */
export type Decision =
  /** Answers with an access token and no refresh token. The session does not move. */
  | { readonly kind: 'renew' }
  /** Answers with both tokens and moves the session to `to`. */
  | { readonly kind: 'rotate' | 'reissue' | 'adopt'; readonly to: NextPosition }
  /** Answers with no token: the caller must come back with what its jar holds now. */
  | { readonly kind: 'challenge'; readonly ordinal: number }
  /** Answers that the service is unavailable for a moment: this request was challenged `MAX_CHALLENGES` times. */
  | { readonly kind: 'wait' }
  /** Ends the session: only a copy can still present this token. */
  | { readonly kind: 'revoke' }
  /** Answers with an error. The session stays as it is. */
  | { readonly kind: 'refuse'; readonly code: SessionErrorCode }

const renew: Decision = { kind: 'renew' }
const revoke: Decision = { kind: 'revoke' }
const wait: Decision = { kind: 'wait' }
const replaced: Decision = { kind: 'refuse', code: 'refresh_token_replaced' }

/**
 * The whole rotation policy. Decides what to do with the refresh token at position `presented`, given the session's row and when
 * the server received the request (not the time now: waiting does not age a token). Pure; times are in milliseconds. The model
 * check passes a shorter `toleranceMs`, so that it can search every interleaving.
 * Source: RFC 9700 §4.14.2 (rotation, and revocation on replay), made safe for honest races.
 */
export function decide(
  row: RotationState,
  presented: Position,
  receivedAt: EpochMs,
  caller: Caller,
  graceMs: number,
  toleranceMs = LOSS_TOLERANCE_MS,
): Decision {
  const ended = endedCode(row, receivedAt)
  if (ended) return { kind: 'refuse', code: ended }

  const age = receivedAt - row.issuedAt
  const status = positionStatus(row, presented)

  if (status === 'current') {
    if (age <= RENEWED_FOR_GRACES * graceMs || caller.accessOnly) return renew
    return { kind: 'rotate', to: after(presented) }
  }
  if (status === 'ahead') {
    // The database lost writes: the signed position is newer than the row.
    return caller.accessOnly ? renew : { kind: 'adopt', to: after(presented) }
  }
  if (status === 'parent' && age <= graceMs) return renew

  if (!caller.jar && caller.accessOnly) return replaced
  if (caller.jar && !proves(caller.challenge, row, receivedAt, graceMs))
    return challengeOrWait(caller, receivedAt)

  if (status === 'parent' && row.branch <= toleranceMs) {
    const branch = dueBranch(row, age, toleranceMs)
    return branch === row.branch || caller.accessOnly ? renew : reissue(row, branch)
  }
  return revoke
}

/** What a row must say for a rotation to be due, so that a store can test it where it reads the row. */
export interface RotationCondition {
  /** The row is at this position. */
  readonly from: Position
  /** The row was issued before this moment. */
  readonly issuedBefore: EpochMs
  /** The session is live at this moment, and its user is not disabled. */
  readonly receivedAt: EpochMs
}

/**
 * Returns the rotation of `presented`, and the condition under which it is due. `decide` makes this rotation of a row that fulfils the
 * condition, if the caller can receive a refresh token, and is asked in any case. The condition does not say to which user and
 * which client the session must belong; the store checks both.
 */
export function rotationIfDue(
  { generation, branch }: Position,
  receivedAt: EpochMs,
  graceMs: number,
): { condition: RotationCondition; to: NextPosition } {
  const from = { generation, branch }
  const issuedBefore = receivedAt - RENEWED_FOR_GRACES * graceMs
  return { condition: { from, issuedBefore, receivedAt }, to: after(from) }
}

/** True if the row fulfils the condition. */
export function fulfils(
  row: RotationState,
  { from, issuedBefore, receivedAt }: RotationCondition,
): boolean {
  const isCurrent = positionStatus(row, from) === 'current'
  return isCurrent && row.issuedAt < issuedBefore && endedCode(row, receivedAt) === null
}

/** The error code that says why a session is over, or null while it is live. */
export function endedCode(
  row: Pick<RotationState, 'endedReason' | 'userDisabled' | 'idleExpiresAt' | 'expiresAt'>,
  now: EpochMs,
): SessionErrorCode | null {
  if (row.endedReason === 'signed_out') return 'session_signed_out'
  if (row.endedReason === 'reused') return 'refresh_token_reused'
  if (row.endedReason !== null || row.userDisabled) return 'session_revoked'
  if (now >= row.idleExpiresAt || now >= row.expiresAt) return 'session_expired'
  return null
}

/** `stale` is a position that was replaced and is not the parent: of an older generation, or of a branch that was left behind. */
type PositionStatus = 'current' | 'parent' | 'ahead' | 'stale'

function positionStatus(row: RotationState, { generation, branch }: Position): PositionStatus {
  if (generation === row.generation) {
    if (branch === row.branch) return 'current'
    return branch > row.branch ? 'ahead' : 'stale'
  }
  if (generation > row.generation) return 'ahead'
  const isParent = generation === row.generation - 1 && branch === row.parentBranch
  return isParent ? 'parent' : 'stale'
}

function after(presented: Position): NextPosition {
  return { generation: presented.generation + 1, branch: 0, parentBranch: presented.branch }
}

/**
 * The branch on which the row's generation must be reissued now, or the row's own branch if no reissue is due.
 *
 * A branch is the age of the generation, in milliseconds, when it was issued again. So the row says for how long responses have been
 * lost, although each reissue moves `issuedAt`. A generation is reissued at most three times, each time on a greater branch:
 * - once while its age is within the first half of the tolerance, on the branch of that age;
 * - once within the second half, on the branch of its age, or later on the branch `toleranceMs`, if nothing was reissued in that half;
 * - a last time beyond the tolerance, on the branch `toleranceMs + 1`.
 *
 * Earlier versions counted branches from 1 to 8; read as ages, these are close to zero.
 */
function dueBranch({ branch }: Position, age: number, toleranceMs: number): number {
  const half = toleranceMs / 2
  // A duration may have a fraction of a millisecond; a branch is an integer.
  const since = Math.floor(branch + age)
  if (since <= half) return branch === 0 ? since : branch
  if (since <= toleranceMs) return branch <= half ? since : branch
  return branch <= half ? toleranceMs : toleranceMs + 1
}

function reissue({ generation, parentBranch }: RotationState, branch: number): Decision {
  return { kind: 'reissue', to: { generation, branch, parentBranch } }
}

/**
 * True if the challenge proves that the jar has no newer token. A challenge made within grace of the last issue proves nothing,
 * because the response with the newer token may still have been on its way. One made later, at this position, is a proof: the
 * jar has had the time to receive that response.
 */
function proves(
  challenge: Challenge | null,
  row: RotationState,
  receivedAt: EpochMs,
  graceMs: number,
): boolean {
  return (
    challenge !== null &&
    challenge.generation === row.generation &&
    challenge.branch === row.branch &&
    receivedAt - challenge.issuedAt <= CHALLENGE_TTL_MS &&
    challenge.issuedAt > row.issuedAt + graceMs
  )
}

function challengeOrWait({ challenge }: Caller, receivedAt: EpochMs): Decision {
  const sent =
    challenge !== null && receivedAt - challenge.issuedAt <= CHALLENGE_TTL_MS
      ? challenge.ordinal
      : 0
  return sent >= MAX_CHALLENGES ? wait : { kind: 'challenge', ordinal: sent + 1 }
}
