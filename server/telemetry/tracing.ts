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
import { discreetly } from './redacting-exporter'

/**
 * Records spans from now on, Next.js's own and ours, and sends them over OTLP. To be imported only where that is configured: the
 * SDK is loaded with this module. Returns the way to stop, which sends what is left and never fails.
 */
export function startTracing({
  protocol,
  serviceName,
  ratio,
  delayMs,
}: TracingConfig): () => Promise<void> {
  const exporter = protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter()
  // By the id of the trace alone, whatever a caller's flag says: the same everywhere in one trace, and nobody can ask for more.
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
      new BatchSpanProcessor({ exporter: discreetly(exporter), scheduledDelayMillis: delayMs }),
    ],
  })
  const lost = (error: unknown) => report('spans_lost', { error: describeError(error) })
  setGlobalErrorHandler(lost)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return () => provider.shutdown().catch(lost)
}
