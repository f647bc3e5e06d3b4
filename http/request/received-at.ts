import { type EpochMs, MAX_REQUEST_AGE_MS } from '@/session/time'
import { RECEIVED_AT_HEADER } from '../wire'

/** When the server received a request. */
export interface ReceivedAt {
  /**
   * The time at which the request arrived, for middleware, which cannot ask the database: the database's time, if the header
   * has it, else the current time of this machine.
   */
  readonly at: EpochMs
  /** How long ago the request arrived, in milliseconds. Measured on one clock. */
  waitedMs(): number
}

/** The clocks of a process. */
export interface OwnClocks {
  /** Milliseconds on a clock that is never set, for durations (`performance.now()`). */
  readonly monotonic: () => number
  /** The time of day, which can be set. */
  readonly time: () => EpochMs
}

const ownClocks: OwnClocks = { monotonic: () => performance.now(), time: () => Date.now() }

/** The value of the header for a request that arrives now. `databaseTime` is null if it is not known yet. */
export function receivedAtHeader(
  databaseTime: EpochMs | null,
  { monotonic }: OwnClocks = ownClocks,
): string {
  return databaseTime === null ? String(monotonic()) : `${monotonic()} ${databaseTime}`
}

/**
 * Reads when a request arrived from its header, or takes the current time if the server does not set that header
 * (`trustsReceivedAt`). The gate and the data layer verify an access token at this one moment. If each read the clock, the token
 * could expire in between, and an honest person would be asked to sign in.
 *
 * Times of two clocks are never compared. Middleware uses the time in the header; the data layer and the refresh route subtract
 * the wait from the database's time.
 */
export function receivedAt(
  headers: { get(name: string): string | null },
  { trustsReceivedAt }: { readonly trustsReceivedAt: boolean },
  { monotonic, time }: OwnClocks = ownClocks,
): ReceivedAt {
  const value = trustsReceivedAt ? (headers.get(RECEIVED_AT_HEADER) ?? '').slice(0, 64) : ''
  const [began = Number.NaN, databaseTime = Number.NaN] = value
    .split(' ')
    .filter(Boolean)
    .map(Number)
  const now = monotonic()
  const from = began < now && now - began < MAX_REQUEST_AGE_MS ? began : now
  return {
    at: Number.isFinite(databaseTime) ? databaseTime : time(),
    waitedMs: () => monotonic() - from,
  }
}
