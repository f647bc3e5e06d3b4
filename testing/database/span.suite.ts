import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, beforeEach } from 'vitest'

/** Records the spans of the surrounding `describe`. */
export function recordedSpans() {
  const exporter = new InMemorySpanExporter()
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    const spanProcessors = [new SimpleSpanProcessor({ exporter })]
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }))
  })
  afterAll(() => {
    trace.disable()
    context.disable()
  })
  beforeEach(() => exporter.reset())

  const finished = () => exporter.getFinishedSpans().filter(({ name }) => name !== 'request')
  return {
    /** Runs `work` as a traced request. */
    traced: <T>(work: () => Promise<T>) =>
      trace
        .getTracer('test')
        .startActiveSpan('request', (span) => work().finally(() => span.end())),
    finished,
    names: () => finished().map(({ name }) => name),
  }
}
