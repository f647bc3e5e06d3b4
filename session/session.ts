import type { EpochMs } from './time'

/** Which refresh token of a session is meant: the `generation` of a rotation, the `branch` of a repeated one. */
export interface Position {
  readonly generation: number
  readonly branch: number
}

/** Why a session ended before its time. */
export type EndReason =
  | 'signed_out'
  | 'ended_elsewhere'
  | 'password_changed'
  | 'replaced'
  | 'reused'
  | 'over_limit'

/** The part of a session's row that the rotation policy reads. */
export interface RotationState extends Position {
  /** The branch of generation - 1 that the current token replaced. */
  readonly parentBranch: number
  readonly issuedAt: EpochMs
  readonly idleExpiresAt: EpochMs
  readonly expiresAt: EpochMs
  readonly endedReason: EndReason | null
  readonly userDisabled: boolean
}

/** Who is behind a request, as far as the server knows by itself. */
export interface ClientInfo {
  readonly address: string
  readonly userAgent: string
}

/** One sign-in on one device. */
export interface Session extends RotationState, ClientInfo {
  readonly id: string
  readonly userId: string
  readonly userName: string
  /** Whether the user's identity was verified, however this deployment does it. */
  readonly userVerified: boolean
  readonly createdAt: EpochMs
  readonly lastSeenAt: EpochMs
  /** When the user last proved the password in this session. */
  readonly authTime: EpochMs
  readonly endedAt: EpochMs | null
  /** The registered OAuth client that alone may use the refresh tokens, or null while none has presented one. */
  readonly oauthClientId: string | null
}

/** Whose password was just compared with this hash, and was the one. */
export interface ProvenUser {
  readonly id: string
  readonly passwordHash: string
}

export interface NewSession extends ClientInfo {
  /** 128 random bits, base64url. */
  readonly id: string
  readonly userId: string
  /** What the user's password was compared with. It is not kept. */
  readonly passwordHash: string
  readonly createdAt: EpochMs
  readonly idleExpiresAt: EpochMs
  readonly expiresAt: EpochMs
}

/** A new session that takes the place of `from`, on the same device: no token of the old one, or of its copies, is good any more. */
export interface SessionMove {
  readonly from: string
  /** The id of the new one: 128 random bits, base64url. */
  readonly to: string
  readonly idleExpiresAt: EpochMs
}

/** What a rotation, a reissue or an adoption writes. */
export interface Advance extends ClientInfo {
  readonly generation: number
  readonly branch: number
  readonly parentBranch: number
  readonly issuedAt: EpochMs
  readonly idleExpiresAt: EpochMs
  readonly oauthClientId: string | null
}

export type SessionEventKind =
  | 'signed_in'
  | 'ended'
  | 'reuse_detected'
  | 'stale_challenged'
  | 'replaced_token_refused'
  | 'reissued'
  | 'state_regression'
  | 'password_changed'
  /** The user has seen the alert that `reuse_detected` raised. */
  | 'alert_dismissed'

export interface NewSessionEvent extends ClientInfo {
  readonly kind: SessionEventKind
  readonly at: EpochMs
  readonly sessionId: string
  readonly userId: string
  /** A short machine-readable addition: an EndReason, a position. Never a token. */
  readonly detail: string | null
}

export interface SessionEvent extends NewSessionEvent {
  readonly id: number
}

/** An event of a user, with what is still known of its session. */
export interface UserEvent extends Omit<NewSessionEvent, 'sessionId'> {
  readonly id: number
  /** Null for what was done to the user from outside any session. */
  readonly sessionId: string | null
  /** Who was seen last in the session, and when it began; null once it is pruned. */
  readonly session: (ClientInfo & Pick<Session, 'createdAt'>) | null
}

/** A place in a user's history: the event at it and all newer ones come before. */
export type EventPlace = Pick<SessionEvent, 'at' | 'id'>
