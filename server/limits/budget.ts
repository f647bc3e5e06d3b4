import 'server-only'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { SessionError } from '@/session/errors'
import { tooManyRequests } from '../http/http-error'

/** A rate limiter of rate-limiter-flexible, as far as it is used here. */
export interface Limiter {
  get(key: string): Promise<RateLimiterRes | null>
  consume(key: string): Promise<RateLimiterRes>
  reward(key: string): Promise<RateLimiterRes>
  readonly points: number
}

/** One key of one limiter. */
export type Budget = readonly [limiter: Limiter, key: string]

/**
 * Refuses the request if a budget is used up. Takes no points.
 * @throws HttpError 429, whose `Retry-After` is the longest wait of all; SessionError `unavailable`.
 */
export async function refuseIfSpent(budgets: readonly Budget[]): Promise<void> {
  const states = await Promise.all(
    budgets.map(async ([limiter, key]) => {
      const state = await limiter.get(key)
      return state && state.consumedPoints >= limiter.points ? [state] : []
    }),
  ).catch(asUnavailable)
  refuse(states.flat())
}

/**
 * Takes one point from each budget, or from none.
 * @throws HttpError 429 if one of them is used up; SessionError `unavailable`.
 */
export async function spend(budgets: readonly Budget[]): Promise<void> {
  const outcomes = await Promise.allSettled(budgets.map(([limiter, key]) => limiter.consume(key)))
  const reasons = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason)
  if (!reasons.some(Boolean)) return
  // The limiter counts a point beyond the limit as well.
  const counted = (_: Budget, at: number) => !reasons[at] || reasons[at] instanceof RateLimiterRes
  await giveBack(budgets.filter(counted))
  refuse(reasons.filter((reason) => reason instanceof RateLimiterRes))
  asUnavailable(reasons.find(Boolean))
}

/**
 * Returns one point to each budget.
 * @throws SessionError `unavailable`.
 */
export async function giveBack(budgets: readonly Budget[]): Promise<void> {
  await Promise.all(budgets.map(([limiter, key]) => limiter.reward(key))).catch(asUnavailable)
}

/**
 * Takes one point of a limit whose points are not given back.
 * @throws HttpError 429 if it is used up; SessionError `unavailable`.
 */
export async function consume(limiter: Limiter, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (rejection) {
    if (rejection instanceof RateLimiterRes) refuse([rejection])
    asUnavailable(rejection)
  }
}

function refuse(spent: readonly RateLimiterRes[]): void {
  if (spent.length === 0) return
  throw tooManyRequests(Math.max(...spent.map(({ msBeforeNext }) => msBeforeNext)) / 1000)
}

function asUnavailable(cause: unknown): never {
  throw cause instanceof SessionError ? cause : new SessionError('unavailable', { cause })
}
