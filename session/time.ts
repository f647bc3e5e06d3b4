/** Milliseconds since the Unix epoch. */
export type EpochMs = number

/** How long, in milliseconds, a request may be on its way to a handler. A claim that it arrived earlier is ignored. */
export const MAX_REQUEST_AGE_MS = 120_000
