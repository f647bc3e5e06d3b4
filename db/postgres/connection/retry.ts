import { setTimeout as pause } from 'node:timers/promises'
import { isTransient, SerializationConflict } from './failure'

/** The share of the timeout that a verb has while the database is down: one request makes several verbs. */
const SHARE_WHILE_DOWN = 1 / 4
const LONGEST_PAUSE_MS = 200

/** What an attempt knows. */
export interface Attempt {
  /** How long the attempt may take, in milliseconds. */
  readonly withinMs: number
  /** True if an earlier attempt may have been carried out, with its answer lost. */
  readonly isRepeated: boolean
}

/** Makes attempts until one succeeds, fails permanently, or the time is over. */
export type Retry = <T>(attempt: (attempt: Attempt) => Promise<T>) => Promise<T>

/** A clock that counts milliseconds. Tests pass their own. */
export interface Clock {
  now(): number
  pause(ms: number): Promise<void>
}

const clockOfThisMachine: Clock = { now: () => performance.now(), pause }

/** Makes the `Retry` that all verbs of one database share. Its attempts have less time while the database is down. */
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

/** Makes attempts until one succeeds, fails permanently, or `timeoutMs` are over. Throws the last attempt's error. */
export async function withRetry<T>(
  attempt: (attempt: Attempt) => Promise<T>,
  timeoutMs: number,
  { now, pause }: Clock = clockOfThisMachine,
): Promise<T> {
  const deadline = now() + timeoutMs
  // The connection may be dead without having closed: half of the time is left for an attempt on another.
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
