import { setTimeout as pause } from 'node:timers/promises'
import { isTransient, SerializationConflict } from './failure'

/** Once the database has let a verb down, until it answers again: a person's few verbs together must not take long. */
const SHARE_WHILE_DOWN = 1 / 4
const LONGEST_PAUSE_MS = 200

/** What an attempt is told. */
export interface Attempt {
  /** How long it may take, in milliseconds. */
  readonly withinMs: number
  /** Whether an earlier attempt may have been carried out, though its answer never came. */
  readonly isRepeated: boolean
}

export type Retry = <T>(attempt: (attempt: Attempt) => Promise<T>) => Promise<T>

/** How time passes, in milliseconds. */
export interface Clock {
  now(): number
  pause(ms: number): Promise<void>
}

const clockOfThisMachine: Clock = { now: () => performance.now(), pause }

/** Makes attempts until one succeeds, fails for good, or `timeoutMs` are over; shared by all verbs of one database. */
export function createRetry(timeoutMs: number, clock?: Clock): Retry {
  let isDown = false
  return async (attempt) => {
    try {
      const result = await withRetry(
        attempt,
        isDown ? timeoutMs * SHARE_WHILE_DOWN : timeoutMs,
        clock,
      )
      isDown = false
      return result
    } catch (error) {
      isDown = isTransient(error) && !(error instanceof SerializationConflict)
      throw error
    }
  }
}

/** Makes attempts until one succeeds, fails for good, or `timeoutMs` are over. */
export async function withRetry<T>(
  attempt: (attempt: Attempt) => Promise<T>,
  timeoutMs: number,
  { now, pause }: Clock = clockOfThisMachine,
): Promise<T> {
  const deadline = now() + timeoutMs
  // A connection may have died in silence: half of the time is left to find out on another.
  let withinMs = timeoutMs / 2
  for (let tries = 0; ; tries++) {
    try {
      return await attempt({ withinMs, isRepeated: tries > 0 })
    } catch (error) {
      const pauseMs = Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * 2 ** tries)
      withinMs = deadline - now() - pauseMs
      if (!isTransient(error) || withinMs <= 0) throw error
      await pause(pauseMs)
    }
  }
}
