import { type EpochMs, MAX_REQUEST_AGE_MS } from '@/session/time'

/**
 * Says when a request arrived. The server's front sets it on every request, whatever the client sent: a reading of the
 * process's own clock, which cannot be set and measures durations, and after a space the time that all machines agree
 * about, where it was known by then.
 */
export const RECEIVED_AT_HEADER = 'x-arrived-at'

export interface ReceivedAt {
  /**
   * The time at which the request arrived, for middleware, which cannot ask the database: as the front has it from there.
   * Middleware's own clock's now where no front sees requests arrive, or it did not yet know the time.
   */
  readonly at: EpochMs
  /** For how many milliseconds the request has been with us: a duration, measured on one clock. */
  waitedMs(): number
}

/** The clocks of a process: one measures durations (`performance.now()`), the other is the time of day, which can be set. */
export interface OwnClocks {
  readonly reading: () => number
  readonly time: () => EpochMs
}

const ownClocks: OwnClocks = { reading: () => performance.now(), time: () => Date.now() }

/** The value of the header for a request that arrives now, at `agreed` where the time is known. */
export function receivedAtHeader(
  agreed: EpochMs | null,
  { reading }: OwnClocks = ownClocks,
): string {
  return agreed === null ? String(reading()) : `${reading()} ${agreed}`
}

/**
 * When a request arrived; now where no front sees requests arrive (`knowsArrival`). The gate and the data layer judge an
 * access token as of this one moment: between two readings of a clock a token can end, and then an honest person would be
 * asked to sign in. No two clocks are compared: middleware judges by the time that the front brings, and the data layer and
 * the refresh route take how long the request has waited from the time that they have from the database themselves.
 */
export function receivedAt(
  headers: { get(name: string): string | null },
  { knowsArrival }: { readonly knowsArrival: boolean },
  { reading, time }: OwnClocks = ownClocks,
): ReceivedAt {
  const claim = knowsArrival ? (headers.get(RECEIVED_AT_HEADER) ?? '').slice(0, 64) : ''
  const [began = Number.NaN, agreed = Number.NaN] = claim.split(' ').filter(Boolean).map(Number)
  const now = reading()
  const from = began < now && now - began < MAX_REQUEST_AGE_MS ? began : now
  return {
    at: Number.isFinite(agreed) ? agreed : time(),
    waitedMs: () => reading() - from,
  }
}
