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
  /** The name as it is compared: case-folded and normalised by the caller. Unique. */
  readonly nameKey: string
  readonly passwordHash: string
  readonly createdAt: EpochMs
  readonly disabledAt: EpochMs | null
  /** Set in the rows, by whatever process verifies people; some clients are told in their access tokens. */
  readonly verified: boolean
}

export type NewUser = Omit<User, 'disabledAt' | 'verified'>

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

/** The people. Every verb is atomic and rejects with SessionError `unavailable` when the database does not answer. */
export interface UserStore {
  findByName(nameKey: string): Promise<User | null>

  findById(id: string): Promise<User | null>

  /** False if the name key is taken; then nothing changed. On disk before it resolves. */
  create(user: NewUser): Promise<boolean>

  /**
   * Sets the hash, ends every live session (reason `password_changed`, an `ended` event each) and records
   * `password_changed`. The session that moves goes on as a new one at generation 0, branch 0, whose password was proved
   * at `now`; it has no `ended` event. If it had ended before, it is not moved. On disk before it resolves.
   * Null if the user is gone, or `provenWith` is not their hash any more; then nothing changed.
   */
  setPassword(
    userId: string,
    passwordHash: string,
    now: EpochMs,
    by: PasswordChanger,
  ): Promise<PasswordChanged | null>

  /**
   * Deletes the user with every session and event. On disk before it resolves.
   * False if the user has another hash by now; then nothing changed.
   */
  remove(user: ProvenUser): Promise<boolean>
}

/** How long the program waits for a database. Both engines keep to it. */
export interface DatabaseTimeouts {
  /** How long a verb may take, in milliseconds, before it rejects with SessionError `unavailable`. */
  readonly timeoutMs?: number
  /**
   * How long a start waits, in milliseconds: for another process that migrates a file, OPEN_TIMEOUT_MS; for a server that is not
   * reached, as long as a verb.
   */
  readonly openTimeoutMs?: number
}

/** Middleware gives a refresh 3 s where the old access token still serves: a 503 arrives within them. */
export const TIMEOUT_MS = 2000
export const OPEN_TIMEOUT_MS = 10_000

export interface LimiterOptions {
  /** Sets this limiter's keys apart from the others'. */
  readonly keyPrefix: string
  readonly points: number
  /** Seconds. */
  readonly duration: number
  /** The time where the rows are; by default the machine's own, which is the same where it has the rows. */
  readonly now?: () => EpochMs
}

/** What the server needs of a database, whichever it is. */
export interface Database {
  readonly sessions: SessionStore
  readonly users: UserStore

  /** A limiter whose counts every process on this database shares; while the database fails, each counts for itself. */
  limiter(options: LimiterOptions): RateLimiterAbstract

  /** Resolves if the database answers, rejects with SessionError `unavailable` if not. */
  ping(): Promise<void>

  /** What time it is where the rows are. */
  now(): Promise<EpochMs>

  /**
   * Deletes at most `batch` each of: sessions past their absolute expiry, events older than EVENT_AGE_MS, retired
   * access tokens that expired RETIRED_AGE_MS ago, and limits that ran out. Returns the rows deleted: fewer than `batch` means that nothing is left.
   */
  prune(now: EpochMs, batch: number): Promise<number>

  /** The connections just now, where there is a pool: all of them, those that nobody uses, and the callers that wait for one. */
  pool?(): { readonly total: number; readonly idle: number; readonly waiting: number }

  close(): Promise<void>
}

/**
 * A request that came before its token expired is judged as of then, and may have waited since: once for as long as it
 * may at all, and then for the database, by a clock that may not be quite this one.
 */
export const RETIRED_AGE_MS = 2 * MAX_REQUEST_AGE_MS

/** Events are kept for 90 days. */
export const EVENT_AGE_MS = 90 * 24 * 60 * 60 * 1000
