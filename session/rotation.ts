import type { SessionErrorCode } from './errors'
import type { Position, RotationState } from './session'
import type { EpochMs } from './time'

/**
 * Responses lost in a row for up to this long never end a session, however many they are. It is not longer, because a
 * thief who keeps step with the owner is given the same patience.
 */
export const LOSS_TOLERANCE_MS = 2 * 60 * 60_000
/** A challenge proves what a jar holds for this long. */
export const CHALLENGE_TTL_MS = 60_000
/** How often one request may be sent back to its jar. */
export const MAX_CHALLENGES = 2

/** A proof that a caller was told, at `issuedAt`, to come back with what its jar holds now. */
export interface Challenge extends Position {
  readonly issuedAt: EpochMs
  /** The how-maniest challenge of this request it is, from 1. */
  readonly attempt: number
}

/** What a caller can take, and what it has proved. */
export interface Caller {
  /** Its answer must not, or cannot, carry a refresh token. */
  readonly accessOnly: boolean
  /** It shares a cookie jar, so it can be sent back for what the jar holds now. */
  readonly jar: boolean
  /** A challenge made for this session, or null. */
  readonly challenge: Challenge | null
}

/** Where a rotation, a reissue or an adoption moves the session. */
export interface NextPosition extends Position {
  readonly parentBranch: number
}

export type Decision =
  /** An access token and no refresh token. Writes nothing. */
  | { readonly kind: 'renew' }
  /** Both tokens; the session moves to `to`. */
  | { readonly kind: 'rotate' | 'reissue' | 'adopt'; readonly to: NextPosition }
  /** No token yet: the caller is to come back with what its jar holds now. */
  | { readonly kind: 'challenge'; readonly attempt: number }
  /** Challenged often enough for one request: unavailable for a moment, no harm done. */
  | { readonly kind: 'wait' }
  /** A token that only a copy can still present: the session ends. */
  | { readonly kind: 'revoke' }
  | { readonly kind: 'refuse'; readonly code: SessionErrorCode }

const renew: Decision = { kind: 'renew' }
const revoke: Decision = { kind: 'revoke' }
const wait: Decision = { kind: 'wait' }
const replaced: Decision = { kind: 'refuse', code: 'refresh_token_replaced' }

/**
 * The whole rotation policy: what the refresh token at `presented` deserves, given the session's row. Times are in
 * milliseconds; the model check passes a shorter `toleranceMs` where it exhausts every interleaving of this function.
 * Source: RFC 9700 §4.14.2 (rotation, and revocation on replay), made safe for honest races.
 */
export function decide(
  row: RotationState,
  presented: Position,
  now: EpochMs,
  caller: Caller,
  graceMs: number,
  toleranceMs = LOSS_TOLERANCE_MS,
): Decision {
  const dead = endedCode(row, now)
  if (dead) return { kind: 'refuse', code: dead }

  const age = now - row.issuedAt
  const standing = standingOf(row, presented)

  if (standing === 'current') {
    if (age <= 3 * graceMs || caller.accessOnly) return renew
    return { kind: 'rotate', to: after(presented) }
  }
  if (standing === 'ahead') {
    // The database lost writes: what the signature vouches for is newer than the row.
    return caller.accessOnly ? renew : { kind: 'adopt', to: after(presented) }
  }
  if (standing === 'parent' && age <= graceMs) return renew

  if (!caller.jar && caller.accessOnly) return replaced
  if (caller.jar && !proves(caller.challenge, row, now, graceMs))
    return challengeOrWait(caller, now)

  if (standing === 'parent' && row.branch <= toleranceMs) {
    const branch = dueBranch(row, age, toleranceMs)
    return branch === row.branch || caller.accessOnly ? renew : reissue(row, branch)
  }
  return revoke
}

/** Why a session is over, or null while it lives. */
export function endedCode(row: RotationState, now: EpochMs): SessionErrorCode | null {
  if (row.endedReason === 'signed_out') return 'session_signed_out'
  if (row.endedReason === 'reused') return 'refresh_token_reused'
  if (row.endedReason !== null || row.userDisabled) return 'session_revoked'
  if (now >= row.idleExpiresAt || now >= row.expiresAt) return 'session_expired'
  return null
}

type Standing = 'current' | 'parent' | 'ahead' | 'dead branch'

function standingOf(row: RotationState, { generation, branch }: Position): Standing {
  if (generation === row.generation) {
    if (branch === row.branch) return 'current'
    return branch > row.branch ? 'ahead' : 'dead branch'
  }
  if (generation > row.generation) return 'ahead'
  const isParent = generation === row.generation - 1 && branch === row.parentBranch
  return isParent ? 'parent' : 'dead branch'
}

function after(presented: Position): NextPosition {
  return { generation: presented.generation + 1, branch: 0, parentBranch: presented.branch }
}

/**
 * The branch on which the row's generation is to be issued now; its own where it need not be issued again yet.
 *
 * A branch is the age, in milliseconds, that the generation had when it was issued again, so that the row knows how long
 * responses have been getting lost, however often its `issuedAt` moved. A generation is issued again once in the first half of
 * the tolerance, once in its second half or as the first time after that, and a last time, on a branch beyond the
 * tolerance. Earlier versions counted branches from 1 to 8: as ages, these are next to none.
 */
function dueBranch({ branch }: Position, age: number, toleranceMs: number): number {
  const half = toleranceMs / 2
  // Durations have fractions of a millisecond, and branches have none.
  const since = Math.floor(branch + age)
  if (since <= half) return branch === 0 ? since : branch
  if (since <= toleranceMs) return branch <= half ? since : branch
  return branch <= half ? toleranceMs : toleranceMs + 1
}

function reissue({ generation, parentBranch }: RotationState, branch: number): Decision {
  return { kind: 'reissue', to: { generation, branch, parentBranch } }
}

/**
 * A challenge made within grace of the last issue proves nothing: the answer that carries the newer token may still
 * have been under way. One made later, at this same position, does: the jar has had the time to receive it.
 */
function proves(
  challenge: Challenge | null,
  row: RotationState,
  now: EpochMs,
  graceMs: number,
): boolean {
  return (
    challenge !== null &&
    challenge.generation === row.generation &&
    challenge.branch === row.branch &&
    now - challenge.issuedAt <= CHALLENGE_TTL_MS &&
    challenge.issuedAt > row.issuedAt + graceMs
  )
}

function challengeOrWait({ challenge }: Caller, now: EpochMs): Decision {
  const asked =
    challenge !== null && now - challenge.issuedAt <= CHALLENGE_TTL_MS ? challenge.attempt : 0
  return asked >= MAX_CHALLENGES ? wait : { kind: 'challenge', attempt: asked + 1 }
}
