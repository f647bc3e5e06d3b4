import 'server-only'
import { HttpError } from '@/server/http/http-error'
import { report } from '@/server/telemetry/log'
import { metrics } from '@/server/telemetry/metrics'
import { SessionError } from '@/session/errors'

/** Runs one sign-in attempt, counts its outcome and logs a failure. The name is not logged: people type passwords there. */
export async function observeSignIn<T>(address: string, attempt: () => Promise<T>): Promise<T> {
  try {
    const user = await attempt()
    metrics().signIns.inc({ outcome: 'success' })
    return user
  } catch (error) {
    const outcome = outcomeOf(error)
    metrics().signIns.inc({ outcome })
    if (outcome === 'wrong_credentials') report('sign_in_failed', { address })
    throw error
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof SessionError) return 'unavailable'
  if (!(error instanceof HttpError)) return 'internal_error'
  if (error.status === 401) return 'wrong_credentials'
  return error.status === 429 ? 'throttled' : 'busy'
}
