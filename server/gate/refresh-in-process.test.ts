import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POST } from '@/app/api/auth/refresh/route'
import { readEdgeConfig } from '@/config/edge'
import type { InternalRefresh, Refresh, RefreshAnswer } from '@/edge/refresh'
import { openRefreshRoute } from '@/edge/refresh-route'
import { cookiePairs } from '@/http/request/cookies'
import { addUser } from '@/server/auth/account/account'
import { metrics } from '@/server/telemetry/metrics'
import { SessionError } from '@/session/errors'
import type { Decision } from '@/session/rotation'
import { captureLog } from '@/testing/server/captured-log'
import { openServer, type TestServer } from '@/testing/server/suite'
import { refreshInProcess } from './refresh-in-process'

const START = 1_800_000_000_000
const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const HERE = { address: '203.0.113.7', userAgent: 'Browser/2' }

type Session = { readonly id: string; readonly user: string; readonly token: string }
type Ask = Partial<InternalRefresh>

let server: TestServer
let route: Server
let overHttp: Refresh
let now = START
let people = 0

/** Advances the clock of the whole server. */
function pass(ms: number): void {
  now += ms
  vi.setSystemTime(now)
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now })
  server = await openServer()
  route = createServer(getRequestListener(POST as never, { overrideGlobalObjects: false }))
  await new Promise<void>((resolve) => void route.listen(0, '127.0.0.1', resolve))
  const { port } = route.address() as AddressInfo
  const config = { ...readEdgeConfig(), internalOrigin: `http://127.0.0.1:${port}` }
  overHttp = await openRefreshRoute(config)
})
afterAll(async () => {
  vi.useRealTimers()
  route.closeAllConnections()
  await new Promise((resolve) => route.close(resolve))
  await server.dispose()
})

async function start(): Promise<Session> {
  const user = await addUser(`person-${++people}`, 'correct horse')
  const grant = await server.startSession(user)
  return { id: grant.sessionId, user: user.id, token: grant.refresh?.token ?? '' }
}

function ask(tokens: readonly string[], { headers = {}, ...rest }: Ask = {}): InternalRefresh {
  const cookie = tokens.map((token) => `refresh_token=${token}`).join('; ')
  return {
    headers: { cookie, 'x-refresh-mode': 'jar', 'x-request-id': 'given-by-a-proxy', ...headers },
    refreshTokens: tokens,
    client: HERE,
    waitedMs: 0,
    now,
    ...rest,
  }
}

const withChallenge = (token: string, challenge: string): Ask => ({
  headers: { cookie: `refresh_token=${token}; refresh_challenge=${challenge}` },
})

/** An answer without what differs from one session to another. */
function shapeOf({ status, body, setCookies, retryAfter }: RefreshAnswer) {
  const { token, ...rest } = body as { token?: string }
  const lines = setCookies.map((line) => line.replace(/=[\w.-]+;/, '=…;'))
  return { status, body: { ...rest, token: typeof token }, setCookies: lines, retryAfter }
}

/** What a refresh leaves behind: the row, the events and log lines, and what was counted. */
async function traceOf(work: () => Promise<unknown>, { id }: Session, { client }: InternalRefresh) {
  const log = captureLog('debug')
  const before = await counted()
  await work()
  const after = await counted()
  log.stop()
  const session = await server.database.sessions.find(id)
  return {
    counted: Object.entries(after).flatMap(([name, value]) => {
      const increase = value - (before[name] ?? 0)
      return increase === 0 ? [] : [`${name} ${increase}`]
    }),
    logged: log.lines().map(({ time: _, sessionId: __, userId: ___, error, address, ...line }) => ({
      ...line,
      hasError: error !== undefined,
      isOfClient: address === undefined || address === client.address,
    })),
    row: session && {
      generation: session.generation,
      // How long ago a token was replaced, in seconds. The way over HTTP takes a few milliseconds more.
      branch: Math.round(session.branch / SECOND),
      client: [session.address, session.userAgent],
      ended: session.endedReason,
    },
  }
}

/** The counters of the registry that `/api/metrics` shows. */
async function counted(): Promise<Record<string, number>> {
  const names = ['rekindle_refreshes_total', 'rekindle_session_events_total']
  const all = [...names, 'rekindle_throttled_requests_total', 'rekindle_refresh_duration_seconds']
  const values = (await metrics().registry.getMetricsAsJSON())
    .filter(({ name }) => all.includes(name))
    .flatMap(({ values }) => values as { metricName?: string; labels: object; value: number }[])
    .filter(({ metricName }) => metricName === undefined || metricName.endsWith('_count'))
  return Object.fromEntries(values.map(({ labels, value }) => [JSON.stringify(labels), value]))
}

/** Each case makes a session and says how to ask: once for each way, as a refresh changes its session. */
interface Case {
  readonly status: number
  readonly decision: Decision['kind'] | 'none'
  readonly make: () => Promise<[Session, InternalRefresh]>
}
const CASES: Readonly<Record<string, Case>> = {
  'a young session': {
    status: 200,
    decision: 'renew',
    make: async () => {
      const session = await start()
      return [session, ask([session.token])]
    },
  },
  'a session that is to be rotated': {
    status: 200,
    decision: 'rotate',
    make: async () => {
      const session = await start()
      pass(15 * MINUTE)
      return [session, ask([session.token])]
    },
  },
  'a request that gets an access token only': {
    status: 200,
    decision: 'renew',
    make: async () => {
      const session = await start()
      pass(15 * MINUTE)
      return [session, ask([session.token], { headers: { 'x-refresh-want': 'access' } })]
    },
  },
  'several tokens, of which one is good': {
    status: 200,
    decision: 'rotate',
    make: async () => {
      const session = await start()
      pass(15 * MINUTE)
      return [session, ask(['tossed', session.token, 'another'])]
    },
  },
  'a token that was replaced': {
    status: 409,
    decision: 'challenge',
    make: async () => {
      const session = await replaced()
      return [session, ask([session.token])]
    },
  },
  'a token that was replaced, with the challenge': {
    status: 200,
    decision: 'reissue',
    make: async () => {
      const session = await replaced()
      const { setCookies } = await refreshInProcess(ask([session.token]), NEVER)
      const { refresh_challenge: challenge = '' } = cookiePairs(setCookies)
      return [session, ask([session.token], withChallenge(session.token, challenge))]
    },
  },
  'a token that was replaced while its request waited': {
    status: 200,
    decision: 'renew',
    make: async () => {
      const session = await replaced()
      return [session, ask([session.token], { waitedMs: 45 * SECOND })]
    },
  },
  'a token that was copied': {
    status: 401,
    decision: 'revoke',
    make: async () => {
      const session = await replaced()
      const newer = await server.database.sessions.find(session.id)
      if (!newer) throw new Error('No session')
      // The owner has gone on with the next token meanwhile.
      await server.database.sessions.advance(session.id, newer, {
        ...newer,
        generation: newer.generation + 1,
      })
      const { setCookies } = await refreshInProcess(ask([session.token]), NEVER)
      const { refresh_challenge: challenge = '' } = cookiePairs(setCookies)
      return [session, ask([session.token], withChallenge(session.token, challenge))]
    },
  },
  'a session that was ended elsewhere': {
    status: 401,
    decision: 'refuse',
    make: async () => {
      const session = await start()
      await server.engine.end(session.id, 'ended_elsewhere', HERE)
      return [session, ask([session.token])]
    },
  },
  'a session that has expired': {
    status: 401,
    decision: 'none',
    make: async () => {
      const session = await start()
      pass(15 * DAY)
      return [session, ask([session.token])]
    },
  },
  'a token that nobody has signed': {
    status: 401,
    decision: 'none',
    make: async () => [await start(), ask(['nonsense'])],
  },
  'a session with too many refreshes': {
    status: 429,
    decision: 'none',
    make: async () => {
      const session = await start()
      for (let n = 0; n < 3000; n++) await server.throttle.refresh(session.id)
      return [session, ask([session.token])]
    },
  },
  'an address with too many bad tokens': {
    status: 429,
    decision: 'none',
    make: async () => {
      const client = { ...HERE, address: `198.51.100.${people}` }
      for (let n = 0; n < 300; n++) await server.throttle.invalidRefresh(client.address)
      return [await start(), ask(['nonsense'], { client })]
    },
  },
  'a client with an address in another spelling and a long name': {
    status: 200,
    decision: 'rotate',
    make: async () => {
      const session = await start()
      pass(15 * MINUTE)
      const client = { address: '::ffff:192.0.2.9', userAgent: 'x'.repeat(2000) }
      return [session, ask([session.token], { client })]
    },
  },
}
const NEVER = new AbortController().signal

/** A session whose token was replaced, long enough ago that it is no race. */
async function replaced(): Promise<Session> {
  const session = await start()
  pass(15 * MINUTE)
  await refreshInProcess(ask([session.token]), NEVER)
  pass(40 * SECOND)
  return session
}

describe('F1 a refresh in process answers, and leaves behind, what one over HTTP does:', () => {
  it.each(Object.entries(CASES))('%s', async (_, { status, decision, make }) => {
    const results = []
    for (const refresh of [overHttp, refreshInProcess]) {
      const [session, request] = await make()
      let answer: RefreshAnswer | undefined
      const trace = await traceOf(
        async () => {
          answer = await refresh({ ...request, now }, NEVER)
        },
        session,
        request,
      )
      if (!answer) throw new Error('No answer')
      results.push({ ...shapeOf(answer), ...trace })
    }
    const [http, own] = results
    expect(own?.status).toBe(status)
    expect(own).toEqual(http)
    expect(own?.counted.join()).toContain(`"decision":"${decision}"`)
  })

  it.each([
    ['a database that is away', new SessionError('unavailable', { cause: new Error('away') }), 503],
    ['a bug', new Error('a bug'), 500],
  ])('%s', async (_, thrown, status) => {
    const find = vi.spyOn(server.database.sessions, 'findToRotate').mockRejectedValue(thrown)
    const results = []
    for (const refresh of [overHttp, refreshInProcess]) {
      const session = await start()
      const log = captureLog('debug')
      const answer = await refresh(ask([session.token]), NEVER)
      log.stop()
      results.push({
        ...shapeOf(answer),
        logged: log.lines().map(({ event, requestId }) => ({ event, requestId })),
      })
    }
    find.mockRestore()
    expect(results[1]).toMatchObject({ status, retryAfter: '1', setCookies: [] })
    expect(results[1]?.logged).toContainEqual({
      event: status === 503 ? 'unavailable' : 'unexpected_error',
      requestId: 'given-by-a-proxy',
    })
    expect(results[1]).toEqual(results[0])
  })
})

describe('a refresh in process', () => {
  it('believes no header about the client', async () => {
    const session = await start()
    pass(15 * MINUTE)
    const headers = { 'x-internal-caller': 'forged', 'x-forwarded-for': '192.0.2.66' }
    await refreshInProcess(ask([session.token], { headers }), NEVER)
    expect(await server.database.sessions.find(session.id)).toMatchObject(HERE)
  })

  it('answers 503, and keeps the cookies, where the database does not open', async () => {
    const slot = globalThis as { rekindle?: unknown }
    const opened = slot.rekindle
    const failed = Promise.reject(new SessionError('unavailable'))
    failed.catch(() => {})
    slot.rekindle = failed
    const answer = await refreshInProcess(ask(['any']), NEVER)
    slot.rekindle = opened
    expect(answer).toMatchObject({ status: 503, setCookies: [], retryAfter: '1' })
  })

  it('F2 lets one of fifty at once rotate, and each of the others be renewed', async () => {
    const session = await start()
    pass(15 * MINUTE)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => refreshInProcess(ask([session.token]), NEVER)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const rotations = answers.filter(({ setCookies }) =>
      setCookies.join().includes('refresh_token'),
    )
    expect(rotations).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => (body as { token: string }).token)).size).toBe(50)
    expect(await server.database.sessions.find(session.id)).toMatchObject({ generation: 1 })
  })
})
