import type { EpochMs } from './time'

/** Names one refresh token of a session. */
export interface Position {
  /** How often the session had rotated when the token was issued. */
  readonly generation: number
  /** Which issue of the generation it is: 0, or the generation's age in milliseconds at a reissue (`dueBranch` in `rotation.ts`). */
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
  /** When the session began or was last renewed: when it was last seen. */
  readonly issuedAt: EpochMs
  readonly idleExpiresAt: EpochMs
  readonly expiresAt: EpochMs
  readonly endedReason: EndReason | null
  readonly userDisabled: boolean
}

/** The client of a request: the address that the server determined, and the `User-Agent` that the client sent. */
export interface ClientInfo {
  readonly address: string
  readonly userAgent: string
}

/** One sign-in on one device. */
export interface Session extends RotationState, ClientInfo {
  readonly id: string
  readonly userId: string
  readonly userName: string
  /** True if the user's identity was verified, by whatever means this deployment has. */
  readonly userVerified: boolean
  /** False for a user who signs in without a password. */
  readonly userHasPassword: boolean
  readonly createdAt: EpochMs
  /** When the user last proved the password in this session, or began it without one. */
  readonly authTime: EpochMs
  readonly endedAt: EpochMs | null
  /** The registered OAuth client to which the refresh tokens are bound, or null if no client has presented one. */
  readonly oauthClientId: string | null
  /** The name that the user has given the device, or null. */
  readonly deviceName: string | null
  /**
   * How many writes have moved the session: rotations, reissues, adoptions, and the binding to an OAuth client. A renewal that
   * writes nothing is not counted.
   */
  readonly renewals: number
}

/** The part of a session that changes while it lives, for those who watch it. */
export interface SessionState
  extends Pick<
    Session,
    | 'id'
    | 'issuedAt'
    | 'idleExpiresAt'
    | 'expiresAt'
    | 'endedReason'
    | 'userDisabled'
    | 'endedAt'
    | 'renewals'
  > {
  /** The id of the session's latest event, or null if it has none any more. */
  readonly latestEventId: number | null
}

/** A user who was just authenticated, and the hash with which the password was compared. */
export interface ProvenUser {
  readonly id: string
  /** Null if the user was authenticated without a password. */
  readonly passwordHash: string | null
}

/** A session to be added at a sign-in. */
export interface NewSession extends ClientInfo {
  /** 128 random bits, base64url. */
  readonly id: string
  readonly userId: string
  /**
   * The hash with which the password was compared. The store checks that it is still the user's; the session does not keep it.
   * Null if the user was authenticated without a password: then the user only has to exist and not be disabled.
   */
  readonly passwordHash: string | null
  readonly createdAt: EpochMs
  readonly idleExpiresAt: EpochMs
  readonly expiresAt: EpochMs
}

/** A new session that takes the place of `from` on the same device, so that every token of the old one, copies included, is refused. */
export interface SessionMove {
  readonly from: string
  /** The id of the new session: 128 random bits, base64url. */
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

/** What can be recorded in a session's history. */
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

/** An event to be recorded. */
export interface NewSessionEvent extends ClientInfo {
  readonly kind: SessionEventKind
  readonly at: EpochMs
  readonly sessionId: string
  readonly userId: string
  /** A short machine-readable addition, such as an `EndReason` or a position. Never a token. */
  readonly detail: string | null
}

/** An event as the store has recorded it. */
export interface SessionEvent extends NewSessionEvent {
  readonly id: number
}

/** An event of a user, with what the store still knows of its session. */
export interface UserEvent extends Omit<NewSessionEvent, 'sessionId'> {
  readonly id: number
  /** Null if the event happened outside any session. */
  readonly sessionId: string | null
  /** The client last seen in the session, and when the session began. Null once the session is pruned. */
  readonly session: (ClientInfo & Pick<Session, 'createdAt'>) | null
}

/** A cursor in a user's history, which is sorted newest first: the next page starts after this event. */
export type EventPlace = Pick<SessionEvent, 'at' | 'id'>
