// Constants in a file of their own: a bundler inlines them into the files that import them.

/** The longest first wait between two attempts. It doubles after each failure. */
export const BASE_MS = 500
/** The longest wait between two attempts, unless the server asks for a longer one. */
export const CAP_MS = 10_000

/** How long a refresh may hold up a request whose old token is still usable. */
export const SLOW_MS = 1000

/** The longest time it takes to acquire a lock that is free. */
export const FREE_LOCK_MS = 5
/** How long a change may take to arrive from the tab that had the lock before. */
export const CHANGE_ARRIVAL_MS = 100
