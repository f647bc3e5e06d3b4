import 'server-only'
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { withoutParameters } from '../http/error-description'

/**
 * Wraps an exporter so that spans leave without what clients sent. Next.js records targets with their query, and the messages of
 * errors, which may hold the parameters of a statement.
 */
export function redactingExporter(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(redact), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

function redact(span: ReadableSpan): ReadableSpan {
  const { name, attributes, events, status } = span
  return Object.create(span, {
    name: { value: withoutQuery(name) },
    attributes: { value: mapAttributes(attributes) },
    events: {
      value: events.map((event) => ({ ...event, attributes: mapAttributes(event.attributes) })),
    },
    status: { value: { code: status.code } },
  })
}

function mapAttributes(attributes: Attributes = {}): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, redactValue(key, value)]),
  )
}

function redactValue(key: string, value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value !== 'string') return value
  if (key === 'exception.message') return withoutParameters({ message: value })
  if (key === 'exception.stacktrace') return value.match(/^ {4}at .*$/gm)?.join('\n') ?? ''
  return withoutQuery(value)
}

function withoutQuery(text: string): string {
  return text.replace(/\?\S*/g, '')
}
