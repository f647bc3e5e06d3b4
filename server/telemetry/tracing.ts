import 'server-only'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TracingConfig } from '@/config/tracing'
import { describeError } from '../http/error-description'
import { report } from './log'
import { redactingExporter } from './redacting-exporter'

/**
 * Starts to record spans, those of Next.js and of Rekindle, and to send them over OTLP. Import this module only if tracing is
 * configured, because it loads the SDK. Returns a function that sends the remaining spans and stops; it never rejects.
 */
export function startTracing({
  protocol,
  serviceName,
  ratio,
  delayMs,
}: TracingConfig): () => Promise<void> {
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter()
  // Sampling goes by the trace id alone, not by the caller's flag. All services decide alike about a trace, and a caller cannot
  // ask for more.
  const root = new TraceIdRatioBasedSampler(ratio)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    sampler: new ParentBasedSampler({
      root,
      remoteParentSampled: root,
      remoteParentNotSampled: root,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: redactingExporter(exporter),
        scheduledDelayMillis: delayMs,
      }),
    ],
  })
  const lost = (error: unknown) => report('spans_lost', { error: describeError(error) })
  setGlobalErrorHandler(lost)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return () => provider.shutdown().catch(lost)
}
