import {
  AbortController as PhoneAbortController,
  AbortSignal as PhoneAbortSignal,
} from 'abort-controller'
import { expect, test, vi } from 'vitest'
import {
  deferred,
  fakeClock,
  granted,
  json,
  LOGOUT,
  MINUTE_MS,
  never,
  ORIGIN,
  REFRESH,
  settle,
  signedOut,
} from '@/testing/client/fake'
import { ADA, failure, open } from '@/testing/client/fake-client'
import { oauth } from '../contracts/oauth'
import { memoryStorage } from '../session/storage'

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

/** Opens a client that holds an access token, and records the address and the token of each request that it sends. */
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

test('A request of one person is not sent again as the next', async () => {
  const { promise: held, resolve: answer } = deferred<Response>()
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
  await client.login(ADA)
  const request = failure(client.fetch('/private', { method: 'POST', body: 'of ada' }))
  await settle()
  await client.logout()
  await client.login(ADA)
  answer(json(401, {}))
  expect(await request).toMatchObject({ code: 'signed_out' })
  expect(sent).toEqual(['Bearer a1'])
})

test('A request is not sent again as whoever signed in without signing out first', async () => {
  const { promise: held, resolve: answer } = deferred<Response>()
  const { client, server } = open(({ path }) => (path === '/private' ? held : granted()))
  await client.login(ADA)
  const request = failure(client.fetch('/private', { method: 'POST', body: 'of ada' }))
  await settle()
  await client.login({ username: 'bob', password: 'secret' })
  answer(json(401, {}))
  expect(await request).toMatchObject({ code: 'signed_out' })
  expect(server.count('/private')).toBe(1)
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
