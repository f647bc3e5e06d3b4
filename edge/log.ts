import { LOG_LEVELS, type LogLevel } from '@/config/edge'
import { createFloodGuard } from '@/http/log/flood-guard'

/** What middleware has to tell. The refresh route tells the rest: its lines bear the same request id. */
export interface Unanswered {
  readonly requestId: string
  readonly traceParent: string | null
  /** What the refresh route answered, or null where it could not be reached in time. */
  readonly status: number | null
}

const LINES_PER_SECOND = 10

/**
 * Writes a line like the server's own, where its library does not run: a refresh that the refresh route did not answer. The mark,
 * where there is one, tells the server that the line is middleware's own (`server/telemetry/printed-lines.ts`).
 */
export function createEdgeLog(level: LogLevel, mark: string): (told: Unanswered) => void {
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
      msg: 'Middleware got no usable answer from the refresh route',
    }
    console.log(mark + JSON.stringify(line))
  }
}
