/** Where the client's time comes from; a test passes its own. All in milliseconds. */
export interface Clock {
  /** Only runs forward, and at its pace: every decision is made on it. */
  now(): number
  /** The time of day. Only differences of it are looked at, to notice on waking that the machine slept. */
  wall(): number
  /** Calls `run` once after `ms`; `background` does not keep the program alive for it. Returns the cancellation. */
  after(ms: number, run: () => void, background?: boolean): () => void
}

/** About the longest that `setTimeout` waits. */
const LONGEST_MS = 2e9

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, run, background) {
    const timer: unknown = setTimeout(run, Math.min(ms, LONGEST_MS))
    if (background) (timer as { unref?: () => void }).unref?.()
    return () => clearTimeout(timer as number)
  },
}
