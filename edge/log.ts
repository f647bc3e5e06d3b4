import { LOG_LEVELS, type LogLevel } from '@/config/edge'
import { createFloodGuard } from '@/http/log/flood-guard'

/** A refresh that failed without a usable response. What carries the refresh out logs everything else, under the same request id. */
export interface UnansweredRefresh {
  readonly requestId: string
  readonly traceParent: string | null
  /** The status of the answer, or null if there was none in time. */
  readonly status: number | null
}

const LINES_PER_SECOND = 10

/**
 * Returns a function that logs an unanswered refresh in the format of the server's log, whose library does not run on Edge. Each
 * line starts with `mark`, by which the server recognises it (`server/telemetry/printed-lines.ts`). At most ten lines a second
 * are written.
 */
export function createEdgeLog(level: LogLevel, mark: string): (refresh: UnansweredRefresh) => void {
  const guard = createFloodGuard(LINES_PER_SECOND)
  if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf('warn')) return () => {}
  return ({ requestId, traceParent, status }) => {
    const now = Date.now()
    const suppressed = guard('refresh_unanswered', now)
    if (suppressed === null) return
    const traceId = traceParent?.split('-')[1]
    const line = {
      level: 'warn',
      time: new Date(now).toISOString(),
      requestId,
      ...(traceId !== undefined && { traceId }),
      event: 'refresh_unanswered',
      status,
      ...(suppressed > 0 && { suppressed }),
      msg: 'The gate got no usable answer to a refresh',
    }
    console.log(mark + JSON.stringify(line))
  }
}
