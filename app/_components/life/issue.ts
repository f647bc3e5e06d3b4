import type { EpochMs } from '@/session/time'

/** An access token that this browser has held. */
export interface Issue {
  readonly at: EpochMs
  readonly until: EpochMs
  /** True if its renewal was written to the session's row, which then has counted it. */
  readonly isWritten: boolean
}

/** Two tokens that were issued within this time are taken for one: `iat` has whole seconds, and tabs may be renewed at once. */
const SAME_MS = 1500

/** Whether two times, in milliseconds since the epoch, are so close that they belong to one renewal. */
export function isNear(a: EpochMs, b: EpochMs): boolean {
  return Math.abs(a - b) < SAME_MS
}
