import 'server-only'
import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

/** Runs `work` in a span of its own where this request is being traced; else none is made, and it costs nothing. */
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

/** Marks a moment within what is being traced. */
export function markSpan(name: string, attributes: Attributes): void {
  if (!trace.getActiveSpan()?.isRecording()) return
  trace.getTracer('rekindle').startSpan(name, { attributes }).end()
}
