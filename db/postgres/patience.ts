import { setTimeout as pause } from 'node:timers/promises'
import { isTransient, Overtaken } from './failure'

/** How long a verb waits for the database: middleware gives a refresh 3 s, and a 503 must arrive within them. */
const PATIENCE_MS = 2_000
/** The same once the database has let a verb down, until it answers again: a person's few verbs together must not take long. */
const SHORT_PATIENCE_MS = 500
const LONGEST_PAUSE_MS = 200

/** What an attempt is told. */
export interface Attempt {
  /** How long it may take, in milliseconds. */
  readonly withinMs: number
  /** Whether an earlier attempt may have been carried out, though its answer never came. */
  readonly isRepeated: boolean
}

export type Patiently = <T>(attempt: (attempt: Attempt) => Promise<T>) => Promise<T>

/** Makes attempts until one succeeds, fails for good, or patience ends; shared by all verbs of one database. */
export function createPatience(): Patiently {
  let isDown = false
  return async (attempt) => {
    try {
      const result = await patiently(attempt, isDown ? SHORT_PATIENCE_MS : PATIENCE_MS)
      isDown = false
      return result
    } catch (error) {
      isDown = isTransient(error) && !(error instanceof Overtaken)
      throw error
    }
  }
}

/** The same, once. */
export async function patiently<T>(
  attempt: (attempt: Attempt) => Promise<T>,
  patienceMs: number,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  // A connection may have died in silence: half of the time is left to find out on another.
  let withinMs = patienceMs / 2
  for (let tries = 0; ; tries++) {
    try {
      return await attempt({ withinMs, isRepeated: tries > 0 })
    } catch (error) {
      const pauseMs = Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** tries)
      withinMs = deadline - performance.now() - pauseMs
      if (!isTransient(error) || withinMs <= 0) throw error
      await pause(pauseMs)
    }
  }
}
