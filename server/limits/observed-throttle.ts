import 'server-only'
import { HttpError } from '../http/http-error'
import { report } from '../telemetry/log'
import { metrics } from '../telemetry/metrics'
import type { Throttle } from './throttle'

/** Wraps the limits so that each refusal is counted and logged. */
export function observeThrottle(throttle: Throttle): Throttle {
  return {
    signIn: (attempt, verify) =>
      throttle.signIn(attempt, verify).catch(refused('sign_in', attempt.address)),
    registration: (address) =>
      throttle.registration(address).catch(refused('registration', address)),
    refresh: (sessionId) =>
      throttle.refresh(sessionId).catch(refused('refresh', undefined, sessionId)),
    invalidRefresh: (address) =>
      throttle.invalidRefresh(address).catch(refused('invalid_refresh', address)),
  }
}

function refused(limit: string, address?: string, sessionId?: string) {
  return (error: unknown): never => {
    if (error instanceof HttpError && error.status === 429) {
      metrics().throttled.inc({ limit })
      report('throttled', {
        limit,
        ...(address !== undefined && { address }),
        ...(sessionId !== undefined && { sessionId }),
      })
    }
    throw error
  }
}
