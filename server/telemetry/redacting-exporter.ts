import 'server-only'
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { withoutParameters } from '../http/error-description'

/**
 * The same exporter, for spans without what people sent: Next.js records targets with their query, and whatever an error says of
 * itself, which may be the parameters of a statement.
 */
export function discreetly(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(discreet), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

function discreet(span: ReadableSpan): ReadableSpan {
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
    Object.entries(attributes).map(([key, value]) => [key, tell(key, value)]),
  )
}

function tell(key: string, value: AttributeValue | undefined): AttributeValue | undefined {
  if (typeof value !== 'string') return value
  if (key === 'exception.message') return withoutParameters({ message: value })
  if (key === 'exception.stacktrace') return value.match(/^ {4}at .*$/gm)?.join('\n') ?? ''
  return withoutQuery(value)
}

function withoutQuery(text: string): string {
  return text.replace(/\?\S*/g, '')
}
