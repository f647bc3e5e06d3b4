import { expect, test, vi } from 'vitest'
import {
  deferred,
  fakeServer,
  granted,
  json,
  LOGIN,
  ORIGIN,
  REFRESH,
  settle,
} from '@/testing/client/fake'
import { ADA, failure, open, openTab } from '@/testing/client/fake-client'
import { oauth } from '../contracts/oauth'
import { memoryStorage } from './storage'

test('A tab that holds no token says nothing to other tabs: theirs may be usable', async () => {
  const told: unknown[] = []
  class Channel {
    postMessage = (news: unknown) => told.push(news)
    close = () => {}
  }
  vi.stubGlobal('BroadcastChannel', Channel)
  const { send } = fakeServer(() => json(200, { access_token: 'a', expires_in: 900 }))
  const storage = { ...memoryStorage(), sharedAs: 'tokens' }
  const client = openTab({ origin: ORIGIN, contract: oauth, storage, fetch: send })
  expect(await failure(client.refresh())).toMatchObject({ code: 'signed_out', reason: null })
  expect(told).toEqual([])
  storage.set('r1')
  await client.login(ADA)
  expect(told).toHaveLength(1)
})

/** Stubs a lock that another tab holds until `leave` is called. */
function heldLock() {
  const turns: Promise<unknown>[] = []
  const { promise: held, resolve: leave } = deferred<void>()
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
  // The change of another tab may still be on its way.
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
  const { promise: held, resolve: answer } = deferred<Response>()
  const { send, count } = fakeServer(({ path }) => (path === '/private' ? held : granted()))
  vi.stubGlobal('BroadcastChannel', Channel)
  const tab = () => {
    const client = openTab({ origin: ORIGIN, mode: 'cookie', fetch: send })
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
