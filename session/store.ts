import type { RotationCondition } from './rotation'
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
  SessionState,
  UserEvent,
} from './session'
import type { EpochMs } from './time'

/**
 * The port to the database: a few verbs, each one atomic.
 * @throws Every verb rejects with SessionError `unavailable` if the database does not answer.
 */
export interface SessionStore {
  /**
   * Adds a session at generation 0, branch 0, and records `signed_in`. In the same transaction it ends `replaces` (reason
   * `replaced`) and the user's live sessions beyond `maxLive`, longest unused first (reason `over_limit`). On disk before it
   * resolves. If there is a session with this id already, it resolves to true and nothing is added, ended or recorded.
   * False if the user is gone or disabled, or `passwordHash` is given and no longer the user's; then nothing changed.
   */
  create(
    session: NewSession,
    limits: { replaces: string | null; maxLive: number },
  ): Promise<boolean>

  /** The session with its user's name and state, or null if the session or its user does not exist. */
  find(id: string): Promise<Session | null>

  /**
   * Like `find`, for a refresh: if the row is the user's and fulfils the condition, it is also moved to `to`, as by `advance`, with
   * `idleExpiresAt` limited to the session's `expiresAt`. `session` is the row as it was before. `rotated` is false if this
   * call did not move it, or moved it and the answer was lost: then the caller decides by the row. One round trip.
   */
  findToRotate(
    id: string,
    condition: RotationCondition & { readonly userId: string },
    to: Advance,
  ): Promise<{ session: Session; rotated: boolean } | null>

  /** Like `find`, and tells whether this access token of the session was retired. Runs one statement. */
  findFor(id: string, accessTokenId: string): Promise<{ session: Session; retired: boolean } | null>

  /**
   * Retires one access token: it is refused from now on. The session lives on. The store may forget the token at `expiresAt`,
   * when it expires anyway. On disk before it resolves. Idempotent.
   */
  retire(accessTokenId: string, expiresAt: EpochMs): Promise<void>

  /** The states of these sessions, of those that exist, in any order. Runs one statement, however many they are. */
  states(ids: readonly string[]): Promise<SessionState[]>

  /**
   * Names the device of a session of the user, or takes its name away. False if the user has no such session, or if it was ended.
   * An expired session is named too.
   */
  nameDevice(id: string, userId: string, deviceName: string | null): Promise<boolean>

  /** True if the user exists, with or without a session. */
  userExists(userId: string): Promise<boolean>

  /**
   * Moves the session from `from` to `to`, and counts a renewal. To bind the session to an OAuth client, `to` may be the same position. False if
   * another caller moved or ended the session first, or it is bound to another client; then nothing changed.
   */
  advance(id: string, from: Position, to: Advance): Promise<boolean>

  /** Sets `authTime`: the user proved the password in this session at `now`. False if it has ended; then nothing changed. */
  prove(id: string, now: EpochMs): Promise<boolean>

  /**
   * Ends a live session and records `event`. On disk before it resolves. False if the session was ended already, or is not of
   * the user or at the position that `where` names; then nothing changed.
   */
  end(
    id: string,
    reason: EndReason,
    event: NewSessionEvent,
    where?: { userId?: string; at?: Position },
  ): Promise<boolean>

  /**
   * Ends every live session of the user except `except`, and records an `ended` event for each. Returns how many ended.
   * On disk before it resolves.
   */
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

  /** The user's latest events in all sessions, ended ones included, newest first. With `after`, the events that follow it. */
  history(userId: string, limit: number, after: EventPlace | null): Promise<UserEvent[]>

  /** The user's latest `reuse_detected` event, or null if an `alert_dismissed` or a `password_changed` event is newer. */
  alert(userId: string): Promise<UserEvent | null>
}
