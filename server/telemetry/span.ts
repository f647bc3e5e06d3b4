import 'server-only'
import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

/** Runs `work` in a span of its own if this request is traced. Else it makes no span, and passes null. */
export async function inSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span | null) => Promise<T>,
): Promise<T> {
  if (!trace.getActiveSpan()?.isRecording()) return work(null)
  return trace.getTracer('rekindle').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR })
      span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
      throw error
    } finally {
      span.end()
    }
  })
}

/** Records a moment as a span without duration, if this request is traced. */
export function markSpan(name: string, attributes: Attributes): void {
  if (!trace.getActiveSpan()?.isRecording()) return
  trace.getTracer('rekindle').startSpan(name, { attributes }).end()
}
