import 'server-only'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { addressBlock } from '../http/client-info'
import { tooManyRequests, unavailable } from '../http/http-error'
import { consume } from '../limits/budget'

/** How many runs go on at once: from one address, and in all. */
export const RUNS_AT_ONCE_PER_ADDRESS = 2
export const RUNS_AT_ONCE = 4
/** How many runs begin: from one address in ten minutes, and in all in an hour. */
export const RUNS_PER_ADDRESS = 40
export const RUNS_PER_HOUR = 600

/**
 * Bounds what visitors cost. Returns a function that admits a run from an address, and returns a function that ends it.
 * It throws HttpError 429 or 503, each with `Retry-After`. An IPv6 address counts as its /64.
 */
export function createAdmission(): (address: string) => Promise<() => void> {
  const perAddress = new RateLimiterMemory({ points: RUNS_PER_ADDRESS, duration: 600 })
  const inAll = new RateLimiterMemory({ points: RUNS_PER_HOUR, duration: 3600 })
  const running = new Map<string, number>()
  let count = 0

  return async (address) => {
    const block = addressBlock(address)
    const own = running.get(block) ?? 0
    if (own >= RUNS_AT_ONCE_PER_ADDRESS) throw tooManyRequests(10)
    if (count >= RUNS_AT_ONCE) throw unavailable(10)
    // Counted before anything is awaited, so that no burst slips through.
    running.set(block, own + 1)
    count += 1
    let isOver = false
    const leave = () => {
      if (isOver) return
      isOver = true
      count -= 1
      const left = (running.get(block) ?? 1) - 1
      if (left === 0) running.delete(block)
      else running.set(block, left)
    }
    try {
      await consume(perAddress, block)
      await consume(inAll, 'all')
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }
}
