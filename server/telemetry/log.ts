import 'server-only'
import { trace } from '@opentelemetry/api'
import pino, { type DestinationStream, type Logger } from 'pino'
import { type LogLevel, readLogLevel } from '@/config/edge'
import { createFloodGuard } from '@/http/log/flood-guard'
import type { ErrorDescription } from '../http/error-description'
import { currentRequestId } from '../http/request-context'
import { LINES, type LogEvent } from './log-lines'

/** All that can stand in a line. A closed list: nobody logs a header, a body or a token by passing on what they have. */
export interface LogFields {
  readonly contract?: string
  readonly decision?: string | null
  readonly code?: string
  readonly sessionId?: string
  readonly userId?: string
  readonly address?: string
  readonly detail?: string | null
  readonly limit?: string
  readonly verb?: string
  readonly outageMs?: number
  readonly error?: ErrorDescription
}

export interface Log {
  readonly logger: Logger
  readonly guard: ReturnType<typeof createFloodGuard>
}

/** Lines of a kind in a second: who sends rubbish must not fill a disk. */
const LINES_PER_SECOND = 10

const slot = globalThis as { rekindleLog?: Log }

/** Writes one line of JSON, with the request and the trace that it belongs to, if its level is worth it. */
export function report(event: LogEvent, fields: LogFields = {}): void {
  slot.rekindleLog ??= openLog(readLogLevel())
  const { logger, guard } = slot.rekindleLog
  const [level, message] = LINES[event]
  if (!logger.isLevelEnabled(level)) return
  const suppressed = guard(event, Date.now())
  if (suppressed === null) return
  logger[level]({ event, ...fields, ...(suppressed > 0 && { suppressed }) }, message)
}

/** A log of its own. Lines are written before the call returns: the last words of a process are not lost. */
export function openLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination(1),
): Log {
  const logger = pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: where,
    },
    destination,
  )
  return { logger, guard: createFloodGuard(LINES_PER_SECOND) }
}

function where(): object {
  const requestId = currentRequestId()
  const traceId = trace.getActiveSpan()?.spanContext().traceId
  return { ...(requestId !== null && { requestId }), ...(traceId !== undefined && { traceId }) }
}
