import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POST as login } from '@/app/api/auth/login/route'
import { POST as refresh } from '@/app/api/auth/refresh/route'
import { addUser } from '@/server/auth/account/account'
import {
  ALWAYS,
  asked,
  errorOf,
  headersOf,
  Jar,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { GET } from './route'

const TOKEN = 'the-token-of-the-metrics-32-characters'
const START = 1_800_000_000_000
const LATER = 15 * 60_000
const AFTER_GRACE = 31_000

const read = (authorization?: string) =>
  GET(asked('GET', null, authorization ? { headers: { authorization } } : {}), {})

/** The value of a sample in the text. */
async function sample(name: string): Promise<number> {
  const text = await (await read(`Bearer ${TOKEN}`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}

describe('the metrics', () => {
  let server: TestServer
  let now = START
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now })
    server = await openServer({ METRICS_TOKEN: TOKEN })
    await addUser('ada', 'a-long-enough-password')
  })
  afterAll(async () => {
    await server.dispose()
    vi.useRealTimers()
  })
  const pass = (ms: number) => {
    now += ms
    vi.setSystemTime(now)
  }
  const signIn = async (password = 'a-long-enough-password') =>
    login(asked('POST', { username: 'ada', password }), {})

  it('require their token, and say what is missing', async () => {
    for (const [authorization, challenge] of [
      [undefined, 'Bearer'],
      ['Basic x', 'Bearer'],
      [`Bearer ${TOKEN}x`, 'Bearer error="invalid_token"'],
      ['Bearer ', 'Bearer'],
    ] as const) {
      const refused = await read(authorization)
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toBe(challenge)
      expect((await errorOf(refused)).code).toBe('INVALID_METRICS_TOKEN')
    }
    const answer = await read(`Bearer ${TOKEN}`)
    expect(answer.status).toBe(200)
    expect(headersOf(answer)).toMatchObject({
      ...ALWAYS,
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    })
  })

  it('count refreshes by contract, decision and outcome, and time them', async () => {
    const jar = new Jar().take(await signIn())
    const old = jar.copy()
    const post = (from: Jar, headers = {}) =>
      refresh(asked('POST', null, { jar: from, headers }), {})
    await post(jar)
    pass(LATER)
    jar.take(await post(jar))
    pass(AFTER_GRACE)
    await post(old, { 'x-refresh-mode': 'jar' })
    jar.take(await post(old))
    pass(LATER)
    await post(jar)
    const forged = new Jar()
    forged.header = 'refresh_token=not-a-token'
    await post(forged)
    const count = (decision: string, outcome: string) =>
      sample(
        `rekindle_refreshes_total{contract="cookie-json",decision="${decision}",outcome="${outcome}"}`,
      )
    expect(await count('renew', 'granted')).toBe(1)
    expect(await count('rotate', 'granted')).toBe(2)
    expect(await count('challenge', 'stale_refresh_token')).toBe(1)
    expect(await count('reissue', 'granted')).toBe(1)
    expect(await count('none', 'invalid_refresh_token')).toBe(1)
    expect(await sample('rekindle_refresh_duration_seconds_count{contract="cookie-json"}')).toBe(6)
    expect(await sample('rekindle_session_events_total{kind="reissued"}')).toBe(1)
    expect(await sample('rekindle_session_events_total{kind="stale_challenged"}')).toBe(1)
    expect(await sample('rekindle_session_events_total{kind="signed_in"}')).toBe(1)
  })

  it('count sign-ins by outcome, and rate-limited attempts', async () => {
    expect((await signIn('wrong')).status).toBe(401)
    for (let n = 0; n < 9; n++) await signIn('wrong')
    expect((await signIn('wrong')).status).toBe(429)
    expect(await sample('rekindle_sign_ins_total{outcome="success"}')).toBe(1)
    expect(await sample('rekindle_sign_ins_total{outcome="wrong_credentials"}')).toBe(10)
    expect(await sample('rekindle_sign_ins_total{outcome="throttled"}')).toBe(1)
    expect(await sample('rekindle_throttled_requests_total{limit="sign_in"}')).toBe(1)
  })

  it('time the verbs of the database, and count what is pruned', async () => {
    pass(100 * 86_400_000)
    await server.database.prune(now, 100)
    expect(await sample('rekindle_pruned_rows_total')).toBeGreaterThan(0)
    expect(await sample('rekindle_prune_last_success_timestamp_seconds')).toBe(now / 1000)
    expect(
      await sample('rekindle_database_verb_duration_seconds_count{verb="sessions.findToRotate"}'),
    ).toBe(5)
  })

  it('include the process, once they are read', async () => {
    expect(await sample('process_cpu_seconds_total')).toBeGreaterThan(0)
  })
})

it('the metrics are not served if no token is configured', async () => {
  const server = await openServer()
  const answer = await read(`Bearer ${TOKEN}`)
  expect(answer.status).toBe(404)
  expect((await errorOf(answer)).code).toBe('NOT_FOUND')
  await server.dispose()
})
