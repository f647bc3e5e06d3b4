import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { DrizzleQueryError } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { redactingExporter } from './redacting-exporter'

it('removes queries and the parameters of statements, and nothing else', () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: redactingExporter(exporter) })],
  })
  const span = provider.getTracer('test').startSpan('GET /dashboard?token=secret', {
    attributes: { 'http.target': '/dashboard?token=secret', 'http.method': 'GET', count: 3 },
  })
  const error = new DrizzleQueryError('update users set hash = $1', ['secret'], new Error('gone'))
  span.recordException(error)
  span.setStatus({ code: 2, message: 'secret' })
  span.end()
  const [exported] = exporter.getFinishedSpans()
  expect(exported?.name).toBe('GET /dashboard')
  expect(exported?.attributes).toEqual({
    'http.target': '/dashboard',
    'http.method': 'GET',
    count: 3,
  })
  expect(exported?.status).toEqual({ code: 2 })
  expect(exported?.events[0]?.attributes).toMatchObject({
    'exception.message': 'Failed query: update users set hash = $1',
    'exception.stacktrace': expect.stringMatching(/^ {4}at /),
  })
  expect(exported?.spanContext()).toEqual(span.spanContext())
})
