import type {
  Advance,
  ClientInfo,
  EndReason,
  EventPlace,
  NewSession,
  NewSessionEvent,
  Position,
  Session,
  SessionEvent,
  UserEvent,
} from './session'
import type { EpochMs } from './time'

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
    by: ClientInfo & { except: string | null },
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
