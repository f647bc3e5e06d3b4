import 'server-only'
import { trace } from '@opentelemetry/api'
import pino, { type DestinationStream, type Logger } from 'pino'
import { type LogLevel, readLogLevel } from '@/config/edge'
import { createFloodGuard } from '@/http/log/flood-guard'
import type { ErrorDescription } from '../http/error-description'
import { currentRequestId } from '../http/request-context'
import { LINES, type LogEvent } from './log-lines'

/** The fields of a line. The list is closed, so that no header, body or token is logged by accident. */
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
  /** How long the database did not answer, in milliseconds. */
  readonly outageMs?: number
  readonly error?: ErrorDescription
}

/** A logger and the guard that bounds its lines. */
export interface Log {
  readonly logger: Logger
  readonly guard: ReturnType<typeof createFloodGuard>
}

/** Lines of each event in a second, so that a flood of bad requests does not fill the disk. */
const LINES_PER_SECOND = 10

const slot = globalThis as { rekindleLog?: Log }

/** Writes one line of JSON with the ids of its request and its trace, if the level of the event is enabled. */
export function report(event: LogEvent, fields: LogFields = {}): void {
  slot.rekindleLog ??= openLog(readLogLevel())
  const { logger, guard } = slot.rekindleLog
  const [level, message] = LINES[event]
  if (!logger.isLevelEnabled(level)) return
  const suppressed = guard(event, Date.now())
  if (suppressed === null) return
  logger[level]({ event, ...fields, ...(suppressed > 0 && { suppressed }) }, message)
}

/** Opens a log, on stdout by default. Lines are written synchronously, so that the last lines of a process are not lost. */
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
      mixin: requestAndTrace,
    },
    destination,
  )
  return { logger, guard: createFloodGuard(LINES_PER_SECOND) }
}

function requestAndTrace(): object {
  const requestId = currentRequestId()
  const traceId = trace.getActiveSpan()?.spanContext().traceId
  return { ...(requestId !== null && { requestId }), ...(traceId !== undefined && { traceId }) }
}
