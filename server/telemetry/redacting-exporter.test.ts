import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { DrizzleQueryError } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { discreetly } from './redacting-exporter'

it('lets no query and no parameters of a statement out, and everything else', () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    spanProcessors: [new SimpleSpanProcessor({ exporter: discreetly(exporter) })],
  })
  const span = provider.getTracer('test').startSpan('GET /dashboard?token=secret', {
    attributes: { 'http.target': '/dashboard?token=secret', 'http.method': 'GET', count: 3 },
  })
  const error = new DrizzleQueryError('update users set hash = $1', ['secret'], new Error('gone'))
  span.recordException(error)
  span.setStatus({ code: 2, message: 'secret' })
  span.end()
  const [told] = exporter.getFinishedSpans()
  expect(told?.name).toBe('GET /dashboard')
  expect(told?.attributes).toEqual({ 'http.target': '/dashboard', 'http.method': 'GET', count: 3 })
  expect(told?.status).toEqual({ code: 2 })
  expect(told?.events[0]?.attributes).toMatchObject({
    'exception.message': 'Failed query: update users set hash = $1',
    'exception.stacktrace': expect.stringMatching(/^ {4}at /),
  })
  expect(told?.spanContext()).toEqual(span.spanContext())
})
