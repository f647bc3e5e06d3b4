/** The source of the client's time, in milliseconds. Tests pass their own. */
export interface Clock {
  /** A monotonic clock. Every decision is made on it. */
  now(): number
  /** The time of day. Only its differences are used, to notice on waking that the machine slept. */
  wall(): number
  /** Calls `run` once after `ms`. A timer with `background` does not keep the program alive. Returns a function that cancels it. */
  after(ms: number, run: () => void, background?: boolean): () => void
}

/** Just below the longest delay of `setTimeout`, 2³¹ − 1 ms: a longer one would fire at once. */
const LONGEST_MS = 2e9

/** The clock of the platform. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run, background) {
    const timer: unknown = setTimeout(run, Math.min(ms, LONGEST_MS))
    if (background) (timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer as number)
  },
}
