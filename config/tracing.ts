import { z } from 'zod'

/** The export of traces, from OpenTelemetry's own variables. The exporter reads its endpoint, headers and certificates itself. */
export interface TracingConfig {
  readonly protocol: 'http/protobuf' | 'http/json'
  readonly serviceName: string
  /** The ratio of traces that are sampled, from 0 to 1. */
  readonly ratio: number
  /** How long a span waits to be exported in a batch, in milliseconds. */
  readonly delayMs: number
}

const url = z.string().refine((value) => /^https?:/.test(value) && URL.canParse(value), {
  error: 'must be a URL such as http://collector.example:4318',
})
const protocol = z.enum(['http/protobuf', 'http/json'], {
  error: 'must be http/protobuf or http/json',
})
const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const
const samplers = [...SAMPLERS, ...SAMPLERS.map((name) => `parentbased_${name}` as const)]

/** The variables that are read of the OpenTelemetry Environment Variable Specification. The others are ignored. */
export const tracingVariables = {
  OTEL_SDK_DISABLED: z
    .string()
    .regex(/^(?:true|false)$/i, { error: 'must be true or false' })
    .optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_SERVICE_NAME: z.string().default('rekindle'),
  OTEL_TRACES_SAMPLER: z
    .enum(samplers, { error: `must be one of ${samplers.join(', ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/, { error: 'must be a number from 0 to 1' })
    .optional(),
  OTEL_BSP_SCHEDULE_DELAY: z
    .string()
    .regex(/^\d{1,6}$/, { error: 'must be milliseconds' })
    .default('5000'),
}

const schema = z.object(tracingVariables)

/** The tracing configuration, or null if no exporter is configured. Then the SDK is not loaded. */
export function tracingOf(values: z.infer<typeof schema>): TracingConfig | null {
  const isOff =
    values.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || values.OTEL_TRACES_EXPORTER === 'none'
  const endpoint = values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? values.OTEL_EXPORTER_OTLP_ENDPOINT
  if (isOff || endpoint === undefined) return null
  return {
    protocol:
      values.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ??
      values.OTEL_EXPORTER_OTLP_PROTOCOL ??
      'http/protobuf',
    serviceName: values.OTEL_SERVICE_NAME,
    ratio: ratioOf(values.OTEL_TRACES_SAMPLER, values.OTEL_TRACES_SAMPLER_ARG),
    delayMs: Number(values.OTEL_BSP_SCHEDULE_DELAY),
  }
}

function ratioOf(sampler: string, argument = '1'): number {
  if (sampler.endsWith('always_on')) return 1
  return sampler.endsWith('always_off') ? 0 : Number(argument)
}
