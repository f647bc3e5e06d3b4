import 'server-only'
import type { Span } from '@opentelemetry/api'
import type { ContractName } from '@/contracts/contract'
import { HttpError } from '@/server/http/http-error'
import { report } from '@/server/telemetry/log'
import { metrics } from '@/server/telemetry/metrics'
import { inSpan, markSpan } from '@/server/telemetry/span'
import { SessionError, type SessionErrorCode } from '@/session/errors'
import type { Decision } from '@/session/rotation'

/** The result of a refresh. A closed list, because it is the label of a metric. */
type Outcome = 'granted' | 'rate_limited' | 'bad_request' | 'internal_error' | SessionErrorCode
/** Decisions whose refusals are not logged here: a session event is logged, or was when the session was first challenged. */
const LOGGED_AS_EVENTS: readonly (Decision['kind'] | null)[] = ['revoke', 'challenge', 'wait']

/** Runs one refresh; counts, times and traces it, and logs a refusal. `work` calls `decided` with each decision. */
export async function observeRefresh<T>(
  contract: ContractName,
  work: (decided: (decision: Decision) => void) => Promise<T>,
): Promise<T> {
  const startedAt = performance.now()
  let last: Decision['kind'] | null = null
  const decided = ({ kind }: Decision) => {
    last = kind
    markSpan('decide', { 'rekindle.decision': kind })
  }
  const record = (span: Span | null, outcome: Outcome) => {
    const { refreshes, refreshSeconds } = metrics()
    const decision = last ?? 'none'
    refreshes.inc({ contract, decision, outcome })
    refreshSeconds.observe({ contract }, (performance.now() - startedAt) / 1000)
    span?.setAttributes({ 'rekindle.decision': decision, 'rekindle.outcome': outcome })
  }
  return inSpan('refresh', { 'rekindle.contract': contract }, async (span) => {
    try {
      const result = await work(decided)
      record(span, 'granted')
      return result
    } catch (error) {
      record(span, outcomeOf(error))
      if (error instanceof SessionError) reportRefusal(contract, last, error.code)
      throw error
    }
  })
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof SessionError) return error.code
  if (!(error instanceof HttpError) || error.status >= 500) return 'internal_error'
  return error.status === 429 ? 'rate_limited' : 'bad_request'
}

function reportRefusal(
  contract: ContractName,
  decision: Decision['kind'] | null,
  code: SessionErrorCode,
): void {
  if (code === 'unavailable' || code === 'refresh_token_replaced') return
  if (LOGGED_AS_EVENTS.includes(decision)) return
  const namesNoSession = code === 'invalid_refresh_token' || code === 'missing_refresh_token'
  report(namesNoSession ? 'invalid_token' : 'refresh_refused', { contract, decision, code })
}
