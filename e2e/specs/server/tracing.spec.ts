import { ask, signInCanonically } from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'
import { type OtlpReceiver, openReceiver, type ReceivedSpan } from '@/e2e/support/network/otlp'
import type { AppServer } from '@/e2e/support/server/server'

/** The caller's trace ID and span ID. */
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const PROBE = { NODE_OPTIONS: '--import ./e2e/support/server/loaded-packages.mjs' }

test('One trace leads from a page through its refresh on the way to the decision and each statement', async ({
  gate,
  startServer,
}) => {
  const receiver = await openReceiver()
  const server = await startServer({
    env: {
      ...PROBE,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      LOG_LEVEL: 'debug',
    },
  })
  // The caller's flag says not to sample the trace. The server does not let a caller decide that.
  await visit(server, {
    traceparent: `00-${TRACE}-${CALLER}-00`,
    tracestate: 'x=1',
    baggage: 'y=2',
  })
  await expect.poll(() => namesIn(receiver, TRACE)).toContain('GET /dashboard')
  const spans = receiver.spans.filter(({ traceId }) => traceId === TRACE)
  const wayTo = (name: string) =>
    wayOf(
      spans.find((span) => span.name === name),
      spans,
    )

  // Next.js would put a span of its own, `executing api route`, between a refresh and its request: it is answered ahead of it.
  const route = ['GET', gate === 'edge' ? 'POST /api/auth/refresh' : 'middleware GET']
  expect(wayTo('decide')).toEqual([...route, 'refresh', 'decide'])
  expect(wayTo('SELECT sessions users')).toEqual([...route, 'refresh', 'SELECT sessions users'])
  expect(wayTo('UPDATE sessions')).toEqual([...route, 'refresh', 'UPDATE sessions'])
  // Middleware's span is the parent of the page's, which reads the refreshed session.
  const page = ['GET', 'GET /dashboard', 'render route (app) /dashboard']
  const check = 'SELECT retired_access_tokens sessions users'
  expect(wayTo(check)).toEqual([...page, check])
  expect(attributesOf(spans, 'refresh')).toMatchObject({
    'rekindle.contract': 'cookie-json',
    'rekindle.decision': 'rotate',
    'rekindle.outcome': 'granted',
  })
  expect(attributesOf(spans, 'UPDATE sessions')).toEqual({
    'db.system.name': 'sqlite',
    'db.operation.name': 'UPDATE',
    'db.collection.name': 'sessions',
    'db.query.summary': 'UPDATE sessions',
  })
  expect(spans.every((span) => wayOf(span, spans)[0] === 'GET')).toBe(true)

  const line = server
    .output()
    .split('\n')
    .find((one) => one.includes('"event":"signed_in"'))
  const { traceId, requestId } = JSON.parse(line ?? '{}')
  expect(requestId).toMatch(/^[\da-f-]{36}$/)
  expect(namesIn(receiver, traceId)).toContain('POST /api/auth/login')
  expect(await loadedPackages(server)).toContain('sdk-trace')
  await receiver.close()
})

test('Nothing of the SDK is loaded where no receiver is configured', async ({ startServer }) => {
  const server = await startServer({ env: PROBE })
  await visit(server, { traceparent: `00-${TRACE}-${CALLER}-01` })
  expect(await loadedPackages(server)).toEqual(['api'])
})

test('Every answer bears the id of its request, whichever layer writes it', async ({
  server,
  user,
}) => {
  const { access } = await signInCanonically(server, user)
  const cookies = { access_token: access }
  for (const [path, request] of Object.entries({
    '/': {},
    '/dashboard': { cookies },
    '/account': {},
    '/nowhere': { cookies },
    '/api/me': { bearer: access },
    '/api/sessions': {},
    '/api/auth/refresh': { method: 'POST' },
    '/api/health': {},
    '/.well-known/jwks.json': {},
    '/icon.svg': {},
    '/_next/static/nowhere.js': {},
    '/oauth/token': { form: { grant_type: 'password' } },
  })) {
    const headers = { 'x-request-id': 'given-by-a-proxy' }
    const kept = await ask(server, path, { ...request, headers })
    expect(kept.headers.get('x-request-id'), path).toBe('given-by-a-proxy')
    const made = await ask(server, path, request)
    expect(made.headers.get('x-request-id'), path).toMatch(/^[\da-f-]{36}$/)
  }
})

/** Requests a page with an expired access token, so that middleware refreshes it. */
async function visit(server: AppServer, headers: Record<string, string>): Promise<void> {
  const user = await server.register()
  const { refresh } = await signInCanonically(server, user)
  await server.kit.passTime(600_000, { user })
  const page = await ask(server, '/dashboard', { cookies: { refresh_token: refresh }, headers })
  expect(page.status).toBe(200)
  expect(page.setCookies.some((line) => line.startsWith('refresh_token='))).toBe(true)
}

/** The names of the server's spans, from the outermost to this one. */
function wayOf(span: ReceivedSpan | undefined, spans: readonly ReceivedSpan[]): string[] {
  if (!span) return []
  return [
    ...wayOf(
      spans.find(({ spanId }) => spanId === span.parentSpanId),
      spans,
    ),
    span.name,
  ]
}

function attributesOf(spans: readonly ReceivedSpan[], name: string) {
  return spans.find((span) => span.name === name)?.attributes
}

function namesIn({ spans }: OtlpReceiver, trace: string): string[] {
  return spans.filter(({ traceId }) => traceId === trace).map(({ name }) => name)
}

async function loadedPackages(server: AppServer): Promise<string[]> {
  const [, port] = /probe at (\d+);/.exec(server.output()) ?? []
  return (await fetch(`http://127.0.0.1:${port}`)).json()
}
