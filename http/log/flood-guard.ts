import type { EpochMs } from '@/session/time'

const WINDOW_MS = 1000

/**
 * Limits log lines to `limit` of a kind in a second, so that a client that sends rubbish cannot fill the log. The returned function
 * tells how many lines of the kind were dropped since the last one that passed, or null if this one must be dropped.
 */
export function createFloodGuard(limit: number): (kind: string, now: EpochMs) => number | null {
  const windows = new Map<string, { since: EpochMs; passed: number; held: number }>()
  return (kind, now) => {
    const window = windows.get(kind) ?? { since: now, passed: 0, held: 0 }
    windows.set(kind, window)
    // If the clock is set back, the window starts anew, so that the kind is not silenced until the clock catches up.
    if (Math.abs(now - window.since) >= WINDOW_MS) {
      window.since = now
      window.passed = 0
    }
    if (window.passed >= limit) {
      window.held++
      return null
    }
    window.passed++
    const { held } = window
    window.held = 0
    return held
  }
}
