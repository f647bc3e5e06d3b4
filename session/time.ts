/** Milliseconds since the Unix epoch. */
export type EpochMs = number

/** The longest time, in milliseconds, that a request may take to come in. What claims to have arrived earlier is not believed. */
export const MAX_REQUEST_AGE_MS = 120_000
