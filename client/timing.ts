/** A first wait of this at most, twice as much after each failure. */
export const BASE_MS = 500
/** Any wait at most, unless the server asks for a longer one. */
export const CAP_MS = 10_000

/** How long a refresh may keep a request waiting whose old token still serves. */
export const SLOW_MS = 1000

/** How long a lock takes that nobody has. */
export const SOON_MS = 5
/** How long the news of a tab may take to reach another that waited for its lock. */
export const NEWS_MS = 100

/** How far the two clocks may drift apart before the machine must have slept. */
export const DRIFT_MS = 1000
