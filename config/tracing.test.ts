import { expect, it } from 'vitest'
import type { Environment } from './edge'
import { readConfig } from './read'

const read = (env: Environment) =>
  readConfig({
    ACCESS_TOKEN_SECRET: 'an-access-secret-of-enough-characters-1',
    REFRESH_TOKEN_SECRET: 'a-refresh-secret-of-enough-characters-2',
    ...env,
  }).tracing
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/otlp' }

it('is off unless an exporter is configured, and if OpenTelemetry is disabled', () => {
  expect(read({ OTEL_SERVICE_NAME: 'login', OTEL_TRACES_SAMPLER: 'always_on' })).toBeNull()
  expect(read({ ...endpoint, OTEL_SDK_DISABLED: 'TRUE' })).toBeNull()
  expect(read({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBeNull()
  expect(read({ ...endpoint, OTEL_SDK_DISABLED: 'false', OTEL_TRACES_EXPORTER: 'otlp' })).toEqual({
    protocol: 'http/protobuf',
    serviceName: 'rekindle',
    ratio: 1,
    delayMs: 5000,
  })
})

it('prefers the variables of traces to those of all signals', () => {
  const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces' }
  expect(read(traces)).not.toBeNull()
  const protocol = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }
  const own = { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }
  expect(read({ ...traces, ...protocol, ...own })?.protocol).toBe('http/json')
})

it.each([
  ['always_on', '0.5', 1],
  ['always_off', '0.5', 0],
  ['traceidratio', '0.5', 0.5],
  ['parentbased_always_on', undefined, 1],
  ['parentbased_always_off', undefined, 0],
  ['parentbased_traceidratio', '0', 0],
  ['parentbased_traceidratio', '1.0', 1],
  ['parentbased_traceidratio', undefined, 1],
])(
  'samples, with the sampler %s and the argument %s, this ratio of traces: %d',
  (sampler, argument, ratio) => {
    const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument }
    expect(read({ ...endpoint, ...env })?.ratio).toBe(ratio)
  },
)
