import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { TracingConfig } from '@/config/tracing'
import { captureLog } from '@/testing/server/captured-log'
import { withRequestSpan } from './request-span'
import { inSpan } from './span'
import { startTracing } from './tracing'

const received: { url: string | undefined; type: string | undefined; body: string }[] = []
let status = 200
const receiver = createServer((request, response) => {
  let body = ''
  request.setEncoding('latin1').on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    received.push({ url: request.url, type: request.headers['content-type'], body })
    response.writeHead(status).end()
  })
})
let stop: () => Promise<void>
let log: ReturnType<typeof captureLog>

beforeAll(async () => {
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}/otlp`)
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=staging')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})
beforeEach(() => {
  received.length = 0
  status = 200
  log = captureLog()
})
afterEach(async () => {
  await stop()
  log.stop()
  for (const api of [trace, context, propagation]) api.disable()
})

function start(fields: Partial<TracingConfig> = {}): void {
  const config = { protocol: 'http/protobuf', serviceName: 'login', ratio: 1, delayMs: 60_000 }
  stop = startTracing({ ...config, ...fields } as TracingConfig)
}

/** A request that comes with this `traceparent`, with a span of Rekindle in it. */
async function serve(traceparent?: string): Promise<boolean> {
  const carrier = traceparent ? { traceparent } : {}
  const parent = propagation.extract(ROOT_CONTEXT, carrier)
  return trace.getTracer('next.js').startActiveSpan('GET /page', {}, parent, async (span) => {
    const isRecorded = await inSpan('refresh', {}, async (own) => own !== null)
    span.end()
    return isRecorded
  })
}

it('sends the remaining spans when it is stopped, in protobuf, with the name of the service', async () => {
  start()
  expect(await serve()).toBe(true)
  await stop()
  expect(received).toMatchObject([{ url: '/otlp/v1/traces', type: 'application/x-protobuf' }])
  for (const word of ['GET /page', 'refresh', 'login', 'deployment.environment.name', 'staging']) {
    expect(received[0]?.body).toContain(word)
  }
})

it('sends JSON if it is configured to', async () => {
  start({ protocol: 'http/json' })
  await serve()
  await stop()
  expect(received[0]?.type).toBe('application/json')
  expect(JSON.parse(received[0]?.body ?? '')).toHaveProperty('resourceSpans')
})

it('samples a trace by its id, whatever the caller’s flag says', async () => {
  const [low, high] = [`${'0'.repeat(31)}1`, `ffffffff${'0'.repeat(24)}`]
  start({ ratio: 0.5 })
  for (const flag of ['00', '01']) {
    expect(await serve(`00-${low}-b7ad6b7169203331-${flag}`)).toBe(true)
    expect(await serve(`00-${high}-b7ad6b7169203331-${flag}`)).toBe(false)
  }
})

it('logs that spans were lost, and nothing else fails', async () => {
  status = 400
  start()
  expect(await serve()).toBe(true)
  await stop()
  expect(log.lines()).toMatchObject([{ event: 'spans_lost', level: 'warn' }])
})

it('a request that no framework traces is a span, in the trace of its caller and above what serves it', async () => {
  start({ protocol: 'http/json' })
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const headers = new Headers({ traceparent: `00-${trace}-b7ad6b7169203331-01` })
  const ask = (path: string | null, status: number) =>
    withRequestSpan({ method: 'POST', headers }, path, () =>
      inSpan('refresh', {}, async () => new Response(null, { status })),
    )
  expect((await ask('/refresh', 200)).status).toBe(200)
  await ask(null, 503)
  await stop()
  const spans = received.flatMap(
    ({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans,
  )
  const [inner, outer, , unknown] = spans
  expect(spans).toHaveLength(4)
  expect(outer).toMatchObject({
    name: 'POST /refresh',
    traceId: trace,
    parentSpanId: 'b7ad6b7169203331',
  })
  expect(inner).toMatchObject({ name: 'refresh', traceId: trace, parentSpanId: outer.spanId })
  expect(unknown).toMatchObject({ name: 'POST', status: { code: 2 } })
})
