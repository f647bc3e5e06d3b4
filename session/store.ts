/** Milliseconds since the Unix epoch. */
export type EpochMs = number

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
export interface Client {
  readonly address: string
  readonly userAgent: string
}

/** One sign-in on one device. */
export interface Session extends RotationState, Client {
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

export interface NewSession extends Client {
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
export interface Advance extends Client {
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

export interface NewSessionEvent extends Client {
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
  readonly session: (Client & Pick<Session, 'createdAt'>) | null
}

/** A place in a user's history: the event at it and all newer ones come before. */
export type EventPlace = Pick<SessionEvent, 'at' | 'id'>

/**
 * The port to the database: a few verbs, each one atomic.
 * Every verb rejects with SessionError `unavailable` when the database does not answer.
 */
export interface SessionStore {
  /**
   * Adds a session at generation 0, branch 0, and records `signed_in`. In the same transaction it ends `replaces`
   * (reason `replaced`) and, longest unused first, whatever exceeds `maxLive` live sessions of the user (reason `over_limit`).
   * On disk before it resolves. Where there is a session with this id already, nothing is added, ended or recorded.
   * False if the user is gone or disabled, or `passwordHash` is not theirs any more; then nothing changed.
   */
  create(
    session: NewSession,
    limits: { replaces: string | null; maxLive: number },
  ): Promise<boolean>

  /** The session with its user's name and state, or null if there is no such session, or no such user. */
  find(id: string): Promise<Session | null>

  /** The same, and whether this access token of it was retired. One statement. */
  findFor(id: string, accessTokenId: string): Promise<{ session: Session; retired: boolean } | null>

  /**
   * Retires one access token until it expires by itself. Its session lives on. On disk before it resolves.
   * Doing it again changes nothing.
   */
  retire(accessTokenId: string, expiresAt: EpochMs): Promise<void>

  /** Whether there is such a user, with or without a session. */
  userExists(userId: string): Promise<boolean>

  /**
   * Moves the session from `from` to `to`, which may be the same position with an OAuth client. False if another caller moved
   * or ended it first, or it is another client's; then nothing changed.
   */
  advance(id: string, from: Position, to: Advance): Promise<boolean>

  /** Notes that the user proved the password in this session. False if it has ended; then nothing changed. */
  prove(id: string, now: EpochMs): Promise<boolean>

  /**
   * Ends a live session and records `event`. False if it was ended already, or `where` does not hold; then nothing changed.
   * On disk before it resolves.
   */
  end(
    id: string,
    reason: EndReason,
    event: NewSessionEvent,
    where?: { userId?: string; at?: Position },
  ): Promise<boolean>

  /** Ends every live session of the user but `except`, an `ended` event each. Returns how many. On disk before it resolves. */
  endAll(
    userId: string,
    reason: EndReason,
    now: EpochMs,
    by: Client & { except: string | null },
  ): Promise<number>

  /** The user's live sessions, last seen first. */
  list(userId: string, now: EpochMs): Promise<Session[]>

  /** Records an event, unless one of the same kind was recorded for the session less than `quietMs` ago. */
  record(event: NewSessionEvent, quietMs: number): Promise<void>

  /** The session's latest events, newest first. */
  events(sessionId: string, limit: number): Promise<SessionEvent[]>

  /** The user's latest events in all sessions, ended ones too, newest first; of those that come after `after`, where given. */
  history(userId: string, limit: number, after: EventPlace | null): Promise<UserEvent[]>

  /** The latest `reuse_detected` of the user that neither an `alert_dismissed` nor a `password_changed` has settled since. */
  alert(userId: string): Promise<UserEvent | null>
}
