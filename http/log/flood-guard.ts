import type { EpochMs } from '@/session/time'

const WINDOW_MS = 1000

/**
 * Lets `limit` of a kind through in a second and holds the rest back, so that who sends rubbish cannot fill a log. Returns how many
 * were held back since the last that came through, or null where this one is held back.
 */
export function createFloodGuard(limit: number): (kind: string, now: EpochMs) => number | null {
  const windows = new Map<string, { since: EpochMs; passed: number; held: number }>()
  return (kind, now) => {
    const window = windows.get(kind) ?? { since: now, passed: 0, held: 0 }
    windows.set(kind, window)
    // A clock that was set back must not silence a kind until it has caught up.
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
