import type { Clock } from './clock'
import type { SignOutReason } from './errors'
import { DRIFT_MS } from './timing'

/** What is known of the session. The same object until it changes; `remainingMs` is counted anew whenever it is read. */
export interface SessionSnapshot {
  /** `unknown` until the server was asked: a client cannot look into a browser's cookie jar. */
  readonly status: 'unknown' | 'signed-in' | 'signed-out'
  /** Why it is over; null while it is not, and where there was none. */
  readonly reason: SignOutReason | null
  /** How long the access token still serves, on a clock that nobody sets; null where that is not known. */
  readonly remainingMs: number | null
}

export interface ObservableSession {
  get(): SessionSnapshot
  /** Calls back at every change. Returns the end of it. */
  subscribe(listener: () => void): () => void
}

/** Status and expiry: bookkeeping on the clock that is passed. */
export function openSession(clock: Clock, refreshBeforeMs: number) {
  const listeners = new Set<() => void>()
  const offset = () => clock.wall() - clock.now()
  /** NaN where nobody knows. */
  let endsAt = NaN
  let leewayMs = 0
  let offsetMs = 0
  let snapshot: SessionSnapshot

  function turn(status: SessionSnapshot['status'], reason: SessionSnapshot['reason']): void {
    snapshot = {
      status,
      reason,
      get remainingMs() {
        return endsAt ? Math.max(0, endsAt - clock.now()) : null
      },
    }
    for (const listener of [...listeners]) listener()
  }
  turn('unknown', null)

  return {
    get: () => snapshot,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** How long until the token should be renewed; negative where it is high time, NaN where nobody knows. */
    dueMs: () => endsAt - leewayMs - clock.now(),
    /** An access token that serves for `lifeMs` from now on; NaN where its life is not known. */
    grant(lifeMs: number) {
      endsAt = lifeMs >= 0 ? clock.now() + lifeMs : NaN
      leewayMs = Math.min(refreshBeforeMs, lifeMs / 10)
      offsetMs = offset()
      turn('signed-in', null)
    },
    end(reason: SignOutReason | null) {
      endsAt = NaN
      if (snapshot.status !== 'signed-out') turn('signed-out', reason)
    },
    /** The clock that only runs forward may stand still in sleep: what the time of day is ahead of it was slept. */
    wake() {
      const sleptMs = offset() - offsetMs
      offsetMs += sleptMs
      if (sleptMs > DRIFT_MS) endsAt -= sleptMs
    },
  }
}
