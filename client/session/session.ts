import type { SignOutReason } from '../errors'
import type { Clock } from '../time/clock'

/**
 * What changed about the session: it was granted, or it ended. Tabs send it to each other, and a tab that was opened before a
 * deployment still runs the older client: so these fields keep their names.
 */
export type SessionChange =
  | {
      /** How long the access token still serves, in milliseconds; NaN if its life is not known. */
      readonly ms: number
      /** The access token, if script holds it. */
      readonly access: string | false | undefined
      /** True if a sign-in granted it: the person may be another one. */
      readonly login?: boolean | undefined
      readonly reason?: undefined
    }
  | {
      /** Why the session ended; null if there was none. */
      readonly reason: SignOutReason | null
      readonly ms?: undefined
      readonly access?: undefined
      readonly login?: undefined
    }

/** What is known of the session. It stays the same object until the session changes. */
export interface SessionSnapshot {
  /** `unknown` until the server was asked: a client cannot look into a browser's cookie jar. */
  readonly status: 'unknown' | 'signed-in' | 'signed-out'
  /** Why the session ended; null if it did not, or if there was none. */
  readonly reason: SignOutReason | null
  /**
   * How long the access token still serves, in milliseconds; null if that is not known. It is computed at each read, on a
   * monotonic clock, so setting the time of day does not change it.
   */
  readonly remainingMs: number | null
}

/** The part of the session that a screen shows: fits React's `useSyncExternalStore`. */
export interface ObservableSession {
  get(): SessionSnapshot
  /** Calls `listener` after each change. Returns a function that removes it. */
  subscribe(listener: () => void): () => void
}

/** How far the two clocks may drift apart before the machine must have slept. */
const DRIFT_MS = 1000

/** What is known of the session's status and expiry. Pure bookkeeping: `trackSession` sends nothing and sets no timer. */
export type Session = ReturnType<typeof trackSession>

/**
 * Keeps track of the session of a client that knows nothing yet.
 * @param refreshBeforeMs How long before its expiry a token is due for a refresh; a tenth of its life, if that is shorter.
 */
export function trackSession(clock: Clock, refreshBeforeMs: number) {
  const listeners = new Set<() => void>()
  const clockOffsetMs = () => clock.wall() - clock.now()
  /** On `clock.now()`; NaN if it is not known. */
  let expiresAt = NaN
  let leewayMs = 0
  /** What the offset was when the expiry was computed. */
  let offsetMs = 0
  let snapshot: SessionSnapshot

  function setStatus(status: SessionSnapshot['status'], reason: SessionSnapshot['reason']): void {
    snapshot = {
      status,
      reason,
      get remainingMs() {
        return expiresAt ? Math.max(0, expiresAt - clock.now()) : null
      },
    }
    for (const listener of [...listeners]) listener()
  }
  setStatus('unknown', null)

  return {
    get: () => snapshot,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    /** How long until the token should be refreshed, in milliseconds; negative if it is overdue, NaN if the expiry is not known. */
    dueMs: () => expiresAt - leewayMs - clock.now(),

    /** Takes over a change, and tells the listeners. Throws what a listener throws. */
    apply({ ms = NaN, reason }: SessionChange): void {
      expiresAt = ms >= 0 ? clock.now() + ms : NaN
      leewayMs = Math.min(refreshBeforeMs, ms / 10)
      offsetMs = clockOffsetMs()
      if (reason === undefined) setStatus('signed-in', null)
      else if (snapshot.status !== 'signed-out') setStatus('signed-out', reason)
    },

    /** Subtracts time that the machine slept: the monotonic clock may stand still in sleep, and the time of day does not. */
    wake(): void {
      const sleptMs = clockOffsetMs() - offsetMs
      offsetMs += sleptMs
      if (sleptMs > DRIFT_MS) expiresAt -= sleptMs
    },
  }
}
