import type { RateLimiterAbstract } from 'rate-limiter-flexible'
import type { ClientInfo, ProvenUser, SessionMove } from '@/session/session'
import type { SessionStore } from '@/session/store'
import type { EpochMs } from '@/session/time'
import { MAX_REQUEST_AGE_MS } from '@/session/time'

/** A person who can sign in. */
export interface User {
  /** 128 random bits, base64url. */
  readonly id: string
  /** The name as it is shown. */
  readonly name: string
  /**
   * The name as it is compared: case-folded and normalised by the caller. Unique. Of a mirrored user it is a space and the id, which
   * no typed name equals.
   */
  readonly nameKey: string
  /** Null if the user has no password. The row then holds an empty text. */
  readonly passwordHash: string | null
  readonly createdAt: EpochMs
  readonly disabledAt: EpochMs | null
  /** True once an operator's process has set it in the row. The `verified` claim of an access token carries it. */
  readonly verified: boolean
}

/** The name key of a mirrored user. A typed name is trimmed, so none equals it, and two mirrored users may have one name. */
export function mirrorKey(id: string): string {
  return ` ${id}`
}

/** A user who has a password. */
export interface PasswordUser extends User {
  readonly passwordHash: string
}

/** A user to create: neither disabled nor verified. */
export type NewUser = Omit<User, 'disabledAt' | 'verified'>

/** A user whom another table keeps, as this database mirrors it. */
export type MirroredUser = Pick<User, 'id' | 'name' | 'createdAt'>

/** The client that changes a password, and what it proved. */
export interface PasswordChanger extends ClientInfo {
  /** Moves the session that the change comes from, so that it goes on with new tokens; null where it comes from none. */
  readonly moves: SessionMove | null
  /** The hash that the current password was compared with; null for an operator, who proves nothing. */
  readonly provenWith: string | null
}

/** What a changed password did to the sessions of its user. */
export interface PasswordChanged {
  /** How many sessions ended, but the one that moved. */
  readonly ended: number
  /** False where there was no session to move, or it had ended by then. */
  readonly moved: boolean
}

/**
 * The users. Every verb is atomic.
 * @throws SessionError `unavailable`, as a rejection, when the database does not answer in time.
 */
export interface UserStore {
  /** Finds a user by the compared form of the name. */
  findByName(nameKey: string): Promise<User | null>

  /** Finds a user by id. */
  findById(id: string): Promise<User | null>

  /** Creates a user. False if the name key is taken; then nothing changed. On disk before it resolves. */
  create(user: NewUser): Promise<boolean>

  /**
   * Adds a row without a password for a user whom another table keeps, or updates the name of the row that is there. False if the
   * row of this id has a password: then it belongs to a user of this table, and nothing changed. Runs one statement.
   */
  mirror(user: MirroredUser): Promise<boolean>

  /**
   * Sets the hash, ends every live session (reason `password_changed`, an `ended` event each) and records
   * `password_changed`. The session in `by.moves` continues under a new id at generation 0, branch 0, with `now` as the
   * time of its password proof; it has no `ended` event. If it had ended before, it is not moved. On disk before it
   * resolves. Null if the user is gone, or `provenWith` is no longer the user's hash; then nothing changed.
   */
  setPassword(
    userId: string,
    passwordHash: string,
    now: EpochMs,
    by: PasswordChanger,
  ): Promise<PasswordChanged | null>

  /**
   * Deletes the user with every session and event. On disk before it resolves.
   * False if the user's hash has changed since `user` was read, or is no longer missing; then nothing changed.
   */
  remove(user: ProvenUser): Promise<boolean>

  /**
   * Deletes at most `batch` users, with every session and event, whose id begins with `idPrefix` and who were created before
   * `before`. Returns how many were deleted. The prefix must contain a character that no id of a person has: those are base64url.
   */
  removeAll(idPrefix: string, before: EpochMs, batch: number): Promise<number>
}

/** How long the program waits for a database, on either engine. */
export interface DatabaseTimeouts {
  /** How long a verb may take, in milliseconds, before it rejects with SessionError `unavailable`. */
  readonly timeoutMs?: number
  /**
   * How long opening may take, in milliseconds. SQLite waits for another process that migrates the file, by default
   * OPEN_TIMEOUT_MS; PostgreSQL waits for a server that is not reached, by default `timeoutMs`.
   */
  readonly openTimeoutMs?: number
}

/** The default of `timeoutMs`. By default middleware waits at least 3 s for a refresh, so a 503 of the database still arrives in time. */
export const TIMEOUT_MS = 2000
/** The default of `openTimeoutMs` on SQLite. */
export const OPEN_TIMEOUT_MS = 10_000

/** What a rate limit counts, and up to what. */
export interface LimiterOptions {
  /** Sets this limiter's keys apart from the others'. */
  readonly keyPrefix: string
  /** How many attempts one key has within `duration`. */
  readonly points: number
  /** The window, in seconds. */
  readonly duration: number
  /** The database's clock; by default this machine's, which is the same one for SQLite. */
  readonly now?: () => EpochMs
}

/** The port to the database. SQLite and PostgreSQL both implement it. */
export interface Database {
  readonly sessions: SessionStore
  readonly users: UserStore

  /** Makes a limiter with counts that all processes on this database share. While the database fails, each process counts in memory. */
  limiter(options: LimiterOptions): RateLimiterAbstract

  /** Resolves if the database answers, and rejects with SessionError `unavailable` if not. */
  ping(): Promise<void>

  /** The database's clock, in milliseconds since the Unix epoch. */
  now(): Promise<EpochMs>

  /**
   * Deletes at most `batch` each of: sessions past their absolute expiry, events older than EVENT_AGE_MS, retired
   * access tokens that expired RETIRED_AGE_MS ago, and expired rate limits. Returns how many rows were deleted; fewer
   * than `batch` means that nothing is left.
   */
  prune(now: EpochMs, batch: number): Promise<number>
  /**
   * Moves every time in the user's sessions and events `ms` milliseconds into the past, in one transaction. Returns how many
   * sessions there are. It is for tests, in which time passes for one user: only the test endpoint calls it. If the database's
   * answer is lost, the times may have moved twice.
   */
  age(userId: string, ms: number): Promise<number>

  /** Counts the connections where there is a pool: all, the idle ones, and the callers that wait for one. */
  pool?(): { readonly total: number; readonly idle: number; readonly waiting: number }

  /** Closes every connection. A second call does nothing. */
  close(): Promise<void>
}

/**
 * How long a retired access token is kept after it expired, in milliseconds. A token is judged as of the time its request
 * was received, which may be MAX_REQUEST_AGE_MS ago; the second half allows for the wait for the database and for a
 * clock that differs.
 */
export const RETIRED_AGE_MS = 2 * MAX_REQUEST_AGE_MS

/** How long events are kept, in milliseconds: 90 days. */
export const EVENT_AGE_MS = 90 * 24 * 60 * 60 * 1000

/** The first text, byte by byte, after every text that begins with this ASCII prefix. A range of an index then finds the prefix. */
export function firstAfterPrefix(prefix: string): string {
  const last = prefix.charCodeAt(prefix.length - 1)
  return prefix.slice(0, -1) + String.fromCharCode(last + 1)
}
