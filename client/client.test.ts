import {
  AbortController as PhoneAbortController,
  AbortSignal as PhoneAbortSignal,
} from 'abort-controller'
import { afterEach, expect, test, vi } from 'vitest'
import { type Client, ClientError, type ClientOptions, createClient } from './client'
import { oauth } from './contracts/oauth'
import {
  type Asked,
  fakeClock,
  fakeServer,
  granted,
  json,
  ORIGIN,
  REFRESH,
  refused,
  settle,
} from './fake'
import { memoryStorage } from './storage'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const LOGOUT = '/api/auth/logout'
const signedOut = () => new Response(null, { status: 204 })
const never = () => new Promise<Response>(() => {})

const opened: Client[] = []
afterEach(() => {
  for (const client of opened.splice(0)) client.close()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** A client in cookie mode, unless the options say otherwise. */
function open(
  answers: (asked: Asked) => Response | Promise<Response>,
  options: Partial<ClientOptions> = {},
) {
  vi.stubGlobal('BroadcastChannel', undefined)
  const clock = fakeClock()
  const server = fakeServer(answers)
  const client = createClient({
    ...{ origin: ORIGIN, mode: 'cookie', clock, fetch: server.send },
    ...options,
  })
  opened.push(client)
  return { client, clock, server }
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It went well')
    },
    (error: ClientError) => error,
  )

test('A thousand requests at expiry wait for one refresh, and all are answered', async () => {
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const { client, clock, server } = open(
    async ({ path }) => {
      if (path !== REFRESH) return json(200, {})
      if (server.count(REFRESH) > 1) await gate
      return granted(900)
    },
    { proactive: false },
  )
  await client.refresh()
  await clock.pass(901_000)
  const answers = Promise.all(Array.from({ length: 1000 }, () => client.fetch('/api/me')))
  await settle()
  expect(server.count('/api/me')).toBe(0)
  release()
  expect((await answers).every(({ ok }) => ok)).toBe(true)
  expect(server.count(REFRESH)).toBe(2)
})

test.each([
  ['a tenth of the life, where that is shorter', 900, 810_000],
  ['an hour, where a tenth is longer', 15 * 86_400, 15 * DAY_MS - 60 * MINUTE_MS],
])('It refreshes before expiry: %s', async (_, expiresIn, atMs) => {
  const { client, clock, server } = open(() => granted(expiresIn))
  await client.refresh()
  await clock.pass(atMs - 1000)
  expect(server.count(REFRESH)).toBe(1)
  await clock.pass(1001)
  expect(server.count(REFRESH)).toBe(2)
})

test('F21 a time of day that somebody sets, a day ahead or back, changes nothing', async () => {
  for (const byMs of [DAY_MS, -DAY_MS]) {
    const { client, clock, server } = open(() => granted(900))
    await client.refresh()
    clock.set(byMs)
    await client.fetch('/api/me')
    await clock.pass(800_000)
    expect(server.count(REFRESH)).toBe(1)
    await clock.pass(20_000)
    expect(server.count(REFRESH)).toBe(2)
  }
})

test('A machine that slept past the expiry refreshes when it wakes', async () => {
  const { client, clock, server } = open(() => granted(900))
  await client.refresh()
  clock.sleep(8 * 60 * MINUTE_MS)
  await clock.pass(10)
  expect(server.count(REFRESH)).toBe(1)
  client.wake()
  await settle()
  expect(server.count(REFRESH)).toBe(2)
  expect(client.session.get().remainingMs).toBeGreaterThan(899_000)
})

test('A hidden tab does not wake to refresh, and does when somebody looks', async () => {
  const page = Object.assign(new EventTarget(), { hidden: true })
  vi.stubGlobal('document', page)
  // That event bubbles.
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  const { client, clock, server } = open(() => granted(900))
  await client.refresh()
  expect(clock.timers).toBe(0)
  await clock.pass(DAY_MS)
  expect(server.count(REFRESH)).toBe(1)
  page.hidden = false
  page.dispatchEvent(new Event('visibilitychange'))
  await settle()
  expect(server.count(REFRESH)).toBe(2)
})

test('Failures are tried again with growing waits and full jitter, within a budget', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999)
  const at: number[] = []
  const { client, clock } = open(() => {
    at.push(clock.now())
    return json(500, {})
  })
  const refresh = failure(client.refresh())
  await clock.pass(60_000)
  expect(await refresh).toMatchObject({ code: 'unavailable' })
  const waits = at.slice(1).map((time, i) => Math.round((time - (at[i] ?? 0)) / 100) * 100)
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000])
  expect(client.session.get().status).toBe('unknown')
})

test('Retry-After is obeyed, by the next errand, too, and one beyond the budget is not waited for', async () => {
  const retryAfter: Record<number, string> = { 1: '7', 2: '3600' }
  const { client, clock, server } = open(() => {
    const seconds = retryAfter[server.count(REFRESH)]
    return seconds ? json(503, {}, { 'retry-after': seconds }) : granted()
  })
  const refresh = failure(client.refresh())
  await clock.pass(6990)
  expect(server.count(REFRESH)).toBe(1)
  await clock.pass(20)
  expect(await refresh).toMatchObject({ code: 'unavailable', retryAfterMs: 3_600_000 })
  expect(await failure(client.refresh())).toMatchObject({ code: 'unavailable' })
  expect(server.count(REFRESH)).toBe(2)
  await clock.pass(3_600_000)
  await client.refresh()
  expect(client.session.get().status).toBe('signed-in')
})

test.each([
  ['a network error', () => Promise.reject(new TypeError('fetch failed'))],
  ['a page of some proxy', () => new Response('<html>', { status: 200 })],
  ['401 in somebody else’s words', () => new Response('no', { status: 401 })],
  ['403', () => json(403, { error: { code: 'CROSS_SITE_REQUEST' } })],
  ['404', () => new Response('nothing', { status: 404 })],
  ['429', () => json(429, {}, { 'retry-after': '1' })],
  ['no answer at all', never],
])('%s signs nobody out: it is tried again', async (_, answer) => {
  const { client, clock, server } = open(() => (server.count(REFRESH) <= 2 ? answer() : granted()))
  const refresh = client.refresh()
  await clock.pass(30_000)
  await refresh
  expect(client.session.get()).toMatchObject({ status: 'signed-in', reason: null })
})

test('While the old token serves, trouble with refreshing keeps nobody waiting', async () => {
  let isDown = false
  const { client, clock, server } = open(
    ({ path }) => {
      if (path !== REFRESH) return json(200, {})
      return isDown ? json(500, {}) : granted(900)
    },
    { proactive: false },
  )
  await client.refresh()
  isDown = true
  await clock.pass(850_000)
  expect((await client.fetch('/api/me')).status).toBe(200)
  expect((await client.fetch('/api/me')).status).toBe(200)
  expect(server.count(REFRESH)).toBe(2)
  await clock.pass(51_000)
  const late = failure(client.fetch('/api/me'))
  await clock.pass(60_000)
  expect(await late).toMatchObject({ code: 'unavailable' })
  expect(client.session.get().status).toBe('signed-in')
})

test('A stale token is tried once more with what the jar holds now', async () => {
  const { client, server } = open(() =>
    server.count(REFRESH) === 1 ? json(409, { error: { code: 'STALE_REFRESH_TOKEN' } }) : granted(),
  )
  await client.refresh()
  expect(server.asked.map(({ headers }) => headers.get('x-refresh-mode'))).toEqual(['jar', 'jar'])
  expect(server.asked[0]?.credentials).toBe('include')
})

test('A refusal is final: the event says why, who waits is rejected, and the wire is left alone', async () => {
  const { client, clock, server } = open(({ path }) =>
    path !== REFRESH
      ? json(401, {})
      : server.count(REFRESH) === 1
        ? granted(900)
        : refused('reused'),
  )
  await client.refresh()
  await clock.pass(100)
  const heard = vi.fn()
  client.on('signedout', heard)
  const errors = await Promise.all([
    failure(client.fetch('/api/me')),
    failure(client.fetch('/api/me')),
  ])
  for (const error of errors) {
    expect(error).toBeInstanceOf(ClientError)
    expect(error).toMatchObject({ code: 'signed_out', reason: 'reused' })
  }
  expect(heard.mock.calls).toEqual([[{ reason: 'reused' }]])
  expect(client.session.get()).toMatchObject({
    status: 'signed-out',
    reason: 'reused',
    remainingMs: null,
  })
  expect(server.count(REFRESH)).toBe(2)
  expect(clock.timers).toBe(0)
})

test('A request answered 401 is sent once more after one refresh, with every body that can be', async () => {
  const form = new FormData()
  form.set('note', 'in a form')
  const bodies: [BodyInit, string][] = [
    ['in a text', 'in a text'],
    [new Blob(['in a blob']), 'in a blob'],
    [new TextEncoder().encode('in a buffer').buffer as ArrayBuffer, 'in a buffer'],
    [new URLSearchParams({ note: 'in a query' }), 'note=in+a+query'],
    [form, 'in a form'],
  ]
  for (const [body, text] of bodies) {
    const { client, server } = open(({ path }) =>
      path === REFRESH ? granted() : json(server.count('/api/notes') === 1 ? 401 : 200, {}),
    )
    const answer = await client.fetch('/api/notes', { method: 'POST', body })
    expect(answer.status).toBe(200)
    expect(server.asked.map(({ path }) => path)).toEqual(['/api/notes', REFRESH, '/api/notes'])
    expect(server.asked[2]?.body).toContain(text)
  }
})

test('A Request with a body is sent once more, too; a second 401 is the answer', async () => {
  const { client, server } = open(({ path }) => (path === REFRESH ? granted() : json(401, {})))
  const request = new Request(`${ORIGIN}/api/notes`, { method: 'POST', body: 'kept' })
  expect((await client.fetch(request)).status).toBe(401)
  expect(server.asked.map(({ path, body }) => path + body)).toEqual([
    '/api/noteskept',
    REFRESH,
    '/api/noteskept',
  ])
})

test('A stream cannot be sent twice: the session is renewed, and the error says so', async () => {
  const { client, server } = open(({ path }) => (path === REFRESH ? granted() : json(401, {})))
  const body = new Blob(['gone']).stream()
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  expect(await failure(client.fetch('/api/notes', init))).toMatchObject({
    code: 'body_not_replayable',
  })
  expect(server.asked.map(({ path }) => path)).toEqual(['/api/notes', REFRESH])
})

/** The client of a program that holds a token, and what it sent with which since. */
async function openWithToken() {
  const sent: { address: string; authorization: string | null }[] = []
  const clock = fakeClock()
  const send = async (input: RequestInfo | URL, init?: RequestInit) => {
    const address = (input as Request).url ?? String(input)
    sent.push({ address, authorization: new Headers(init?.headers).get('authorization') })
    return json(200, { access_token: 'secret', expires_in: 900 })
  }
  const options = { mode: 'token', contract: oauth, storage: memoryStorage('r1') } as const
  const { client } = open(() => json(404, {}), { ...options, clock, fetch: send })
  await client.refresh()
  sent.length = 0
  return { client, clock, sent }
}

test.each([
  'https://evil.example/',
  `${ORIGIN}.evil.example/`,
  `${ORIGIN}@evil.example/`,
  `${ORIGIN}:8443/`,
  `http://${new URL(ORIGIN).host}/`,
  'https:evil.example',
  'HTTPS://evil.example/',
  'https:\\\\evil.example\\x',
  '//evil.example/x',
  new URL('https://evil.example/api/me'),
  new Request(`${ORIGIN}.evil.example/`),
])('A token goes to no other origin: %s', async (address) => {
  const { client, sent } = await openWithToken()
  await client.fetch(address)
  expect(sent.map(({ authorization }) => authorization)).toEqual([null])
})

test.each([
  '/api/me',
  'api/me',
  `${ORIGIN}/api/me`,
  new URL(`${ORIGIN}/api/me`),
  new Request(`${ORIGIN}/api/me`),
])('A token goes to the origin, and not over one of the caller’s own: %s', async (address) => {
  const { client, sent } = await openWithToken()
  await client.fetch(address)
  await client.fetch(address, { headers: { authorization: 'Basic own' } })
  expect(sent).toEqual([
    { address: `${ORIGIN}/api/me`, authorization: 'Bearer secret' },
    { address: `${ORIGIN}/api/me`, authorization: 'Basic own' },
  ])
})

test.each([
  '/\\evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '///evil.example',
  '@evil.example',
])(
  'What looks like an address elsewhere, and is none, stays at home or bears no token: %j',
  async (address) => {
    const { client, sent } = await openWithToken()
    await client.fetch(address)
    for (const { address, authorization } of sent) {
      if (authorization !== null) expect(new URL(address).origin).toBe(ORIGIN)
    }
    expect(sent).toHaveLength(1)
  },
)

test('On React Native, whose signals keep no reason and whose URL is half there, a client works, aborts and closes', async () => {
  vi.stubGlobal('AbortController', PhoneAbortController)
  vi.stubGlobal('AbortSignal', PhoneAbortSignal)
  const { client, clock, sent } = await openWithToken()
  class PhoneUrl extends URL {
    override get origin(): string {
      throw new Error('not implemented')
    }
  }
  vi.stubGlobal('URL', PhoneUrl)
  expect((await client.fetch('/api/me')).status).toBe(200)
  vi.unstubAllGlobals()
  vi.stubGlobal('AbortController', PhoneAbortController)
  expect(sent[0]?.authorization).toBe('Bearer secret')

  const abort = new AbortController()
  const { client: stuck } = open(never)
  const waiting = failure(stuck.refresh({ signal: abort.signal }))
  const others = failure(stuck.fetch('/api/me'))
  abort.abort()
  expect(await waiting).toMatchObject({ code: 'closed' })
  const renewing = failure(stuck.refresh())
  stuck.close()
  expect(await renewing).toMatchObject({ code: 'closed' })
  await others.catch(() => {})
  expect(await failure(stuck.fetch('/api/me'))).toMatchObject({ code: 'closed' })
  client.close()
  expect(clock.timers).toBe(0)
})

test('AbortSignal frees a caller at once, wherever it waits, and the refresh goes on for the others', async () => {
  let release = (_: Response) => {}
  const { client } = open(({ path }) =>
    path === REFRESH
      ? new Promise<Response>((resolve) => {
          release = resolve
        })
      : json(401, {}),
  )
  const abort = new AbortController()
  const waiting = failure(client.fetch('/api/me', { signal: abort.signal }))
  const other = client.refresh()
  await settle()
  abort.abort(new Error('enough'))
  expect(await waiting).toMatchObject({ message: 'enough' })
  release(granted())
  await other
  expect(await failure(client.refresh({ signal: AbortSignal.abort('no') }))).toBe('no')
})

test('close() rejects who waits, and leaves no timer', async () => {
  const { client, clock } = open(() => json(500, {}))
  const waiting = failure(client.refresh())
  await settle()
  expect(clock.timers).toBe(1)
  client.close()
  expect(await waiting).toMatchObject({ code: 'closed' })
  await settle()
  expect(clock.timers).toBe(0)
  expect(await failure(client.fetch('/api/me'))).toMatchObject({ code: 'closed' })

  const calm = open(() => granted())
  await calm.client.refresh()
  expect(calm.clock.timers).toBe(1)
  calm.client.close()
  expect(calm.clock.timers).toBe(0)

  const asking = open(never)
  const stuck = failure(asking.client.refresh())
  await settle()
  asking.client.close()
  expect(await stuck).toMatchObject({ code: 'closed' })
  await settle()
  expect(asking.clock.timers).toBe(0)
})

test('Without a session, requests go as they are, and a 401 says that there is none', async () => {
  const { client, server } = open(({ path }) => json(path === '/public' ? 200 : 401, {}), {
    mode: 'token',
    contract: oauth,
  })
  const heard = vi.fn()
  client.on('signedout', heard)
  expect((await client.fetch('/public')).status).toBe(200)
  expect(await failure(client.fetch('/api/me'))).toMatchObject({ code: 'signed_out' })
  expect(await failure(client.refresh())).toMatchObject({ code: 'signed_out' })
  expect(server.asked.map(({ path }) => path)).toEqual(['/public', '/api/me'])
  expect(heard).not.toHaveBeenCalled()
})

test('Signing out wins over a refresh that is on its way', async () => {
  let release = (_: Response) => {}
  const storage = memoryStorage('r1')
  const { client, clock } = open(
    ({ path }) =>
      path === '/oauth/token'
        ? new Promise<Response>((resolve) => {
            release = resolve
          })
        : signedOut(),
    { mode: 'token', contract: oauth, storage },
  )
  const refresh = failure(client.refresh())
  await settle()
  await client.logout()
  release(json(200, { access_token: 'late', expires_in: 900, refresh_token: 'r2' }))
  expect(await refresh).toMatchObject({ code: 'signed_out', reason: 'signed_out' })
  expect(await storage.get()).toBeNull()
  expect(clock.timers).toBe(0)
})

test('A storage that fails signs nobody out: a token that cannot be saved is held, one that cannot be read is waited for', async () => {
  let stored: string | null = 'r1'
  let isLocked = true
  let isFull = false
  const storage = {
    get() {
      if (isLocked) throw new Error('locked')
      return stored
    },
    set(token: string | null) {
      if (isFull) throw new Error('full')
      stored = token
    },
  }
  let count = 1
  const { client, clock, server } = open(
    () => json(200, { access_token: 'a', expires_in: 900, refresh_token: `r${++count}` }),
    { mode: 'token', contract: oauth, storage },
  )
  const refresh = client.refresh()
  await settle()
  isLocked = false
  await clock.pass(1000)
  await refresh
  expect(stored).toBe('r2')
  isFull = true
  await client.refresh()
  await client.refresh()
  expect(stored).toBe('r2')
  expect(server.asked.map(({ body }) => body.split('=').at(-1))).toEqual(['r1', 'r2', 'r3'])
})

test('Without a storage the refresh token is held in memory, and follows each rotation', async () => {
  let count = 0
  const { client, server } = open(
    () => json(200, { access_token: 'a', expires_in: 900, refresh_token: `r${++count}` }),
    { mode: 'token', contract: oauth },
  )
  await client.login({ username: 'demo', password: 'keep-me-signed-in' })
  await client.refresh()
  await client.refresh()
  expect(server.asked.slice(1).map(({ body }) => body.split('=').at(-1))).toEqual(['r1', 'r2'])
})

test('A refresh ahead of time that fails bothers nobody, goes on while the token serves, and ends with it', async () => {
  let isDown = false
  const { client, clock, server } = open(({ path }) =>
    path === REFRESH && isDown ? json(500, {}) : path === REFRESH ? granted(900) : json(200, {}),
  )
  await client.refresh()
  isDown = true
  await clock.pass(895_000)
  const tried = server.count(REFRESH)
  expect(tried).toBeGreaterThan(5)
  await clock.pass(10 * MINUTE_MS)
  expect(clock.timers).toBe(0)
  expect(client.session.get()).toMatchObject({ status: 'signed-in', remainingMs: 0 })
  isDown = false
  const answer = client.fetch('/api/me')
  await clock.pass(10_000)
  expect((await answer).status).toBe(200)
  expect(client.session.get().remainingMs).toBeGreaterThan(800_000)
})

test('A storage that holds nothing, or fails to say so, is not emptied, and no other tab is told', async () => {
  const kept: (string | null)[] = []
  const storage = { get: () => null, set: (token: string | null) => void kept.push(token) }
  const { client, server } = open(() => json(401, {}), { mode: 'token', contract: oauth, storage })
  expect(await failure(client.fetch('/private'))).toMatchObject({
    code: 'signed_out',
    reason: null,
  })
  expect(kept).toEqual([])
  expect(server.count('/oauth/token')).toBe(0)
})

test('Who holds no token says nothing to other tabs: theirs may serve', async () => {
  const told: unknown[] = []
  class Channel {
    postMessage = (news: unknown) => told.push(news)
    close = () => {}
  }
  vi.stubGlobal('BroadcastChannel', Channel)
  const { send } = fakeServer(() => json(200, { access_token: 'a', expires_in: 900 }))
  const storage = { ...memoryStorage(), sharedAs: 'tokens' }
  const client = createClient({ origin: ORIGIN, contract: oauth, storage, fetch: send })
  opened.push(client)
  expect(await failure(client.refresh())).toMatchObject({ code: 'signed_out', reason: null })
  expect(told).toEqual([])
  storage.set('r1')
  await client.login(ADA)
  expect(told).toHaveLength(1)
})

test('A token that was stored and is refused is the end of a session, though it was never seen alive', async () => {
  const { client } = open(() => json(400, { error: 'invalid_grant' }), {
    ...{ mode: 'token', contract: oauth, storage: memoryStorage('r1') },
  })
  const heard = vi.fn()
  client.on('signedout', heard)
  expect(await failure(client.refresh())).toMatchObject({ reason: 'unknown' })
  expect(heard).toHaveBeenCalledOnce()
})

test('A remaining life that is no number is one that nobody knows', async () => {
  const { client, clock, server } = open(() => granted())
  client.adopt(Number(undefined))
  await clock.pass(DAY_MS)
  expect(client.session.get()).toMatchObject({ status: 'signed-in', remainingMs: null })
  expect(clock.timers).toBe(0)
  expect(server.count(REFRESH)).toBe(0)
})

test('A fetch that does not obey its signal is given up, too', async () => {
  const { client, clock } = open(never, { fetch: () => new Promise(() => {}), timeoutMs: 1000 })
  const refresh = failure(client.refresh())
  await clock.pass(2 * MINUTE_MS)
  expect(await refresh).toMatchObject({ code: 'unavailable' })
})

test('A sign-out whose caller gave up soon leaves no timer', async () => {
  const { client, clock } = open(() => json(503, {}))
  const abort = new AbortController()
  const leaving = failure(client.logout({ signal: abort.signal }))
  await settle()
  abort.abort('enough')
  expect(await leaving).toBe('enough')
  await clock.pass(1000)
  expect(clock.timers).toBe(0)
})

test('A sign-out whose caller gave up is not tried again', async () => {
  const { client, clock, server } = open(({ path }) =>
    path === REFRESH ? granted() : json(503, {}, { 'retry-after': '5' }),
  )
  await client.refresh()
  expect(await failure(client.logout({ signal: AbortSignal.abort('no') }))).toBe('no')
  expect(server.count('/api/auth/logout')).toBe(0)
  const abort = new AbortController()
  const leaving = failure(client.logout({ signal: abort.signal }))
  await settle()
  abort.abort('enough')
  expect(await leaving).toBe('enough')
  await clock.pass(MINUTE_MS)
  expect(server.count('/api/auth/logout')).toBe(1)
  expect(client.session.get().status).toBe('signed-in')
})

test('What a client itself asks follows no redirect: tokens and passwords go to the origin alone', async () => {
  const redirects: (string | undefined)[] = []
  const { client } = open(never, {
    fetch: async (input: unknown, init?: RequestInit) => {
      redirects.push(init?.redirect)
      return `${input}`.endsWith(LOGOUT) ? signedOut() : granted()
    },
  })
  await client.login({ username: 'ada', password: 'secret' })
  await client.refresh()
  await client.logout()
  expect(redirects).toEqual(['error', 'error', 'error'])
})

test('A listener that throws keeps no token from being dropped', async () => {
  const storage = memoryStorage('r1')
  const { client, clock, server } = open(
    ({ path }) =>
      path === LOGOUT ? signedOut() : json(200, { access_token: 'a', expires_in: 900 }),
    { mode: 'token', contract: oauth, storage },
  )
  await client.refresh()
  client.on('signedout', () => {
    throw new Error('theirs')
  })
  const leaving = client.logout()
  await clock.pass(1000)
  await leaving
  expect(server.count('/api/auth/logout')).toBe(1)
  expect(storage.get()).toBeNull()
  expect(client.session.get().status).toBe('signed-out')
})

test('A request of one person is not sent again as the next', async () => {
  let answer = (_: Response) => {}
  const held = new Promise<Response>((resolve) => {
    answer = resolve
  })
  const sent: (string | null)[] = []
  let tokens = 0
  const { client } = open(
    ({ path, headers }) => {
      if (path === '/private') {
        sent.push(headers.get('authorization'))
        return held
      }
      if (path === LOGOUT) return signedOut()
      tokens += 1
      return json(200, { access_token: `a${tokens}`, refresh_token: `r${tokens}`, expires_in: 900 })
    },
    { mode: 'token', contract: oauth },
  )
  const credentials = { username: 'ada', password: 'secret' }
  await client.login(credentials)
  const request = failure(client.fetch('/private', { method: 'POST', body: 'of ada' }))
  await settle()
  await client.logout()
  await client.login(credentials)
  answer(json(401, {}))
  expect(await request).toMatchObject({ code: 'signed_out' })
  expect(sent).toEqual(['Bearer a1'])
})

test('Who signs in while a refresh hangs is not kept waiting by it', async () => {
  const { client, server } = open(({ path }) => {
    if (path === REFRESH) return never()
    return path === '/api/auth/login' ? granted() : json(200, {})
  })
  client.refresh().catch(() => {})
  await settle()
  await client.login({ username: 'ada', password: 'secret' })
  expect((await client.fetch('/api/me')).status).toBe(200)
  expect(server.count(REFRESH)).toBe(1)
})

const ADA = { username: 'ada', password: 'secret' }
const LOGIN = '/api/auth/login'

test('A sign-in that was given up before it began is not sent', async () => {
  const { client, server } = open(() => granted())
  expect(await failure(client.login(ADA, { signal: AbortSignal.abort('no') }))).toBe('no')
  expect(server.asked).toEqual([])
  expect(client.session.get().status).toBe('unknown')
})

test('A sign-in that is given up on its way is cut off, and signs nobody in', async () => {
  let answer = (_: Response) => {}
  const { client } = open(
    () =>
      new Promise<Response>((resolve) => {
        answer = resolve
      }),
  )
  const abort = new AbortController()
  const signingIn = failure(client.login(ADA, { signal: abort.signal }))
  await settle()
  abort.abort('enough')
  expect(await signingIn).toBe('enough')
  answer(granted())
  await settle()
  expect(client.session.get().status).toBe('unknown')
})

test.each<[string, () => Response | Promise<Response>]>([
  ['no network', () => Promise.reject(new TypeError('fetch failed'))],
  ['no answer', never],
  ['null', () => json(200, null)],
  ['a page', () => new Response('<html>')],
  ['500', () => json(500, {})],
])('A sign-in that meets %s is a ClientError, and signs nobody out', async (_name, answer) => {
  let isBroken = false
  const { client, clock } = open(() => (isBroken ? answer() : granted()))
  await client.refresh()
  isBroken = true
  const signingIn = failure(client.login(ADA))
  await clock.pass(10_000)
  const error = await signingIn
  expect(error).toBeInstanceOf(ClientError)
  expect(error.code).toBe('unavailable')
  expect(client.session.get().status).toBe('signed-in')
})

test('What a sign-in is told of Retry-After, its error says', async () => {
  const { client } = open(() => json(429, {}, { 'retry-after': '7' }))
  expect(await failure(client.login(ADA))).toMatchObject({
    code: 'unavailable',
    retryAfterMs: 7000,
    cause: 429,
  })
})

const STUCK: [string, (client: Client, signal?: AbortSignal) => Promise<void>][] = [
  ['refreshing', (client, signal) => client.refresh({ signal })],
  ['signing out', (client, signal) => client.logout({ signal })],
]

test.each(STUCK)(
  'A storage that never answers is given up: %s, by budget, by signal, by close()',
  async (_name, act) => {
    const storage = { get: () => new Promise<string>(() => {}), set: () => {} }
    const stuck = () => open(() => granted(), { mode: 'token', contract: oauth, storage })

    const patient = stuck()
    const first = failure(act(patient.client))
    await patient.clock.pass(MINUTE_MS)
    expect(await first).toMatchObject({ name: 'ClientError', code: 'unavailable' })
    expect(patient.server.asked).toEqual([])

    const aborted = stuck()
    const abort = new AbortController()
    const second = failure(act(aborted.client, abort.signal))
    await settle()
    abort.abort('enough')
    expect(await second).toBe('enough')

    const closed = stuck()
    const third = failure(act(closed.client))
    await settle()
    closed.client.close()
    expect(await third).toMatchObject({ code: 'closed' })
    await settle()
    expect(closed.clock.timers).toBe(0)
  },
)

test('A storage that never takes a token keeps nobody from being signed in', async () => {
  const storage = { get: () => null, set: () => new Promise<void>(() => {}) }
  const { client, clock } = open(
    () => json(200, { access_token: 'a', refresh_token: 'r', expires_in: 900 }),
    { mode: 'token', contract: oauth, storage },
  )
  const signingIn = failure(client.login(ADA))
  await settle()
  expect(client.session.get().status).toBe('signed-in')
  await clock.pass(10_000)
  expect(await signingIn).toMatchObject({ code: 'unavailable' })
  expect((await client.fetch('/api/me')).status).toBe(200)
})

test('A sign-out that cannot read its token says so, and nobody is signed out', async () => {
  const storage = {
    get() {
      throw new Error('locked')
    },
    set: () => {},
  }
  const { client, clock, server } = open(() => granted(), {
    ...{ mode: 'token', contract: oauth, storage },
  })
  const leaving = failure(client.logout())
  await clock.pass(MINUTE_MS)
  expect(await leaving).toMatchObject({ name: 'ClientError', code: 'unavailable' })
  expect(server.asked).toEqual([])
})

test('A sign-out that is tried again does not end a session begun meanwhile', async () => {
  let isDown = true
  const { client, clock, server } = open(({ path }) => {
    if (path !== LOGOUT) return granted()
    return isDown ? json(503, {}) : signedOut()
  })
  await client.refresh()
  const leaving = client.logout()
  await settle()
  await client.login(ADA)
  isDown = false
  await clock.pass(MINUTE_MS)
  await leaving
  expect(server.count(LOGOUT)).toBe(1)
  expect(client.session.get().status).toBe('signed-in')
})

test('How long the server wants no refresh is nothing to a sign-out', async () => {
  const { client, clock } = open(({ path }) =>
    path === REFRESH ? json(429, {}, { 'retry-after': '3600' }) : signedOut(),
  )
  client.adopt(MINUTE_MS)
  const refresh = failure(client.refresh())
  await clock.pass(1000)
  expect(await refresh).toMatchObject({ code: 'unavailable' })
  await client.logout()
  expect(client.session.get().reason).toBe('signed_out')
})

test('A closed client asks nothing', async () => {
  const { client, server } = open(() => granted())
  client.close()
  expect(await failure(client.login(ADA))).toMatchObject({ code: 'closed' })
  expect(await failure(client.logout())).toMatchObject({ code: 'closed' })
  expect(server.asked).toEqual([])
})

test.each<[string, (client: Client) => Promise<void>]>([
  ['in', (client) => client.login(ADA)],
  ['out', (client) => client.logout()],
])('Signing %s cuts off a refresh, whose late cookies would overwrite its own', async (_n, act) => {
  const signals: AbortSignal[] = []
  const { client } = open(never, {
    fetch: (input, init) => {
      if (`${input}`.endsWith(REFRESH)) {
        signals.push(init?.signal as AbortSignal)
        return never()
      }
      expect(signals[0]?.aborted).toBe(true)
      return Promise.resolve(`${input}`.endsWith(LOGOUT) ? signedOut() : granted())
    },
  })
  client.refresh().catch(() => {})
  await settle()
  expect(signals[0]?.aborted).toBe(false)
  await act(client)
  expect(signals).toHaveLength(1)
})

test('A refresh that was cut off for a sign-in which failed is tried again', async () => {
  let isFirst = true
  const { client, clock } = open(({ path }) => {
    if (path === LOGIN) return json(401, {})
    if (!isFirst) return granted()
    isFirst = false
    return never()
  })
  const refresh = client.refresh()
  await settle()
  expect(await failure(client.login(ADA))).toMatchObject({ code: 'invalid_credentials' })
  await clock.pass(1000)
  await refresh
  expect(client.session.get().status).toBe('signed-in')
})

test('A request is not sent again as whoever signed in without signing out first', async () => {
  let answer = (_: Response) => {}
  const held = new Promise<Response>((resolve) => {
    answer = resolve
  })
  const { client, server } = open(({ path }) => (path === '/private' ? held : granted()))
  await client.login(ADA)
  const request = failure(client.fetch('/private', { method: 'POST', body: 'of ada' }))
  await settle()
  await client.login({ username: 'bob', password: 'secret' })
  answer(json(401, {}))
  expect(await request).toMatchObject({ code: 'signed_out' })
  expect(server.count('/private')).toBe(1)
})

test('A visitor whom the server does not know was not signed out', async () => {
  const none = json(400, { error: { code: 'MISSING_REFRESH_TOKEN', status: 400 } })
  const { client, clock } = open(({ path }) => (path === REFRESH ? none.clone() : json(401, {})))
  const heard = vi.fn()
  client.on('signedout', heard)
  expect(await failure(client.fetch('/api/me'))).toMatchObject({ code: 'signed_out', reason: null })
  expect(heard).not.toHaveBeenCalled()

  client.adopt(MINUTE_MS)
  await clock.pass(MINUTE_MS)
  expect(client.session.get()).toMatchObject({ status: 'signed-out', reason: 'unknown' })
  expect(heard).toHaveBeenCalledOnce()
})

test('A refresh that is slow keeps no request waiting longer than a second whose token serves', async () => {
  const { client, clock, server } = open(({ path }) => (path === REFRESH ? never() : json(200, {})))
  client.adopt(MINUTE_MS)
  client.refresh().catch(() => {})
  const request = client.fetch('/api/me')
  await clock.pass(999)
  expect(server.count('/api/me')).toBe(0)
  await clock.pass(1)
  expect((await request).status).toBe(200)
})

/** A lock that another tab has until it is told to leave. */
function heldLock() {
  const turns: Promise<unknown>[] = []
  let leave = () => {}
  const held = new Promise<void>((resolve) => {
    leave = resolve
  })
  const request = (_name: string, { signal }: { signal: AbortSignal }, run: () => unknown) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      const turn = held.then(() => signal.aborted || run())
      turns.push(turn)
      turn.then(resolve, reject)
    })
  vi.stubGlobal('navigator', { locks: { request } })
  return { leave, turns }
}

test('A lock that a frozen tab holds is waited for no longer than a call may take, also where AbortSignal has no timeout', async () => {
  vi.stubGlobal('AbortSignal', class {})
  heldLock()
  const { client, clock, server } = open(() => granted())
  const refresh = client.refresh()
  await clock.pass(9_999)
  expect(server.count(REFRESH)).toBe(0)
  // Somebody's news may be on its way, too.
  await clock.pass(101)
  await refresh
  expect(server.count(REFRESH)).toBe(1)
})

test('Who signs in waits for another tab’s refresh, and leaves when told to', async () => {
  const { leave, turns } = heldLock()
  const { client, clock, server } = open(() => granted())
  const abort = new AbortController()
  const givenUp = failure(client.login(ADA, { signal: abort.signal }))
  const signingIn = client.login(ADA)
  await clock.pass(1000)
  expect(server.asked).toEqual([])
  abort.abort('enough')
  expect(await givenUp).toBe('enough')
  leave()
  await signingIn
  expect(server.count(LOGIN)).toBe(1)
  await Promise.all(turns)
})

test('A sign-out whose answer comes late does not sign out whoever signed in meanwhile', async () => {
  let answer = (_: Response) => {}
  const storage = memoryStorage('of ada')
  const { client } = open(
    ({ path }) =>
      path === LOGOUT
        ? new Promise<Response>((resolve) => {
            answer = resolve
          })
        : json(200, { access_token: 'a', refresh_token: 'of bob', expires_in: 900 }),
    { mode: 'token', contract: oauth, storage },
  )
  const leaving = client.logout()
  await settle()
  await client.login(ADA)
  answer(signedOut())
  await leaving
  expect(client.session.get().status).toBe('signed-in')
  expect(storage.get()).toBe('of bob')
})

test('A sign-out that reads its token slowly does not end the session of whoever signed in meanwhile', async () => {
  let read = (_: string) => {}
  const storage = {
    get: () =>
      new Promise<string>((resolve) => {
        read = resolve
      }),
    set: () => {},
  }
  const { client, server } = open(
    () => json(200, { access_token: 'a', refresh_token: 'of bob', expires_in: 900 }),
    { mode: 'token', contract: oauth, storage },
  )
  const leaving = client.logout()
  await settle()
  await client.login(ADA)
  read('of bob')
  await leaving
  expect(server.count(LOGOUT)).toBe(0)
  expect(client.session.get().status).toBe('signed-in')
})

test('A page of some proxy is no answer to a sign-out: nobody is told that they are signed out', async () => {
  const { client, clock } = open(({ path }) =>
    path === LOGOUT ? new Response('<html>') : granted(),
  )
  await client.refresh()
  const leaving = failure(client.logout())
  await clock.pass(MINUTE_MS)
  expect(await leaving).toMatchObject({ code: 'unavailable' })
  expect(client.session.get().status).toBe('signed-in')
})

test('A request that waited while somebody else signed in is not sent as them', async () => {
  const { client, clock, server } = open(
    ({ path }) => {
      if (path === '/oauth/token') return never()
      if (path === LOGOUT) return signedOut()
      return json(200, { access_token: 'a', refresh_token: 'r', expires_in: 60 })
    },
    { mode: 'token', contract: oauth, proactive: false },
  )
  await client.login(ADA)
  await clock.pass(MINUTE_MS)
  const request = failure(client.fetch('/private', { method: 'POST', body: 'of ada' }))
  await settle()
  await client.logout()
  await client.login({ username: 'bob', password: 'secret' })
  await clock.pass(MINUTE_MS / 2)
  expect(await request).toMatchObject({ code: 'signed_out' })
  expect(server.count('/private')).toBe(0)
})

test('A request is not sent again as whoever signed in in another tab', async () => {
  const channels: { onmessage?: (event: { data: unknown }) => void }[] = []
  class Channel {
    onmessage?: (event: { data: unknown }) => void
    close = () => {}
    constructor() {
      channels.push(this)
    }
    postMessage = (data: unknown) => {
      for (const other of channels) if (other !== this) other.onmessage?.({ data })
    }
  }
  let answer = (_: Response) => {}
  const held = new Promise<Response>((resolve) => {
    answer = resolve
  })
  const { send, count } = fakeServer(({ path }) => (path === '/private' ? held : granted()))
  vi.stubGlobal('BroadcastChannel', Channel)
  const tab = () => {
    const client = createClient({ origin: ORIGIN, mode: 'cookie', fetch: send })
    opened.push(client)
    return client
  }
  const one = tab()
  const two = tab()
  await one.login(ADA)
  const request = failure(one.fetch('/private', { method: 'POST', body: 'of ada' }))
  await settle()
  await two.refresh()
  await two.login({ username: 'bob', password: 'secret' })
  answer(json(401, {}))
  expect(await request).toMatchObject({ code: 'signed_out' })
  expect(count('/private')).toBe(1)
  expect((await one.fetch('/public')).status).toBe(200)
})

test('A sign-in that the server could not answer is the end of nobody’s session', async () => {
  let answer = (_: Response) => {}
  const held = new Promise<Response>((resolve) => {
    answer = resolve
  })
  const { client, server } = open(({ path }) => {
    if (path === LOGIN) return json(500, {})
    if (path === REFRESH) return granted()
    return server.count('/private') === 1 ? held : json(200, {})
  })
  await client.refresh()
  const request = client.fetch('/private')
  await settle()
  await failure(client.login(ADA))
  answer(json(401, {}))
  expect((await request).status).toBe(200)
})
