import { expect, test } from 'vitest'
import { granted, json, MINUTE_MS, settle } from '@/testing/client/fake'
import { ADA, failure, open } from '@/testing/client/fake-client'
import type { Client } from '../client'
import { oauth } from '../contracts/oauth'

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
