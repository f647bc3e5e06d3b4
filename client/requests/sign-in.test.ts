import { expect, test } from 'vitest'
import { deferred, granted, json, LOGIN, never, REFRESH, settle } from '@/testing/client/fake'
import { ADA, failure, open } from '@/testing/client/fake-client'
import { ClientError } from '../client'

test('Who signs in while a refresh hangs is not kept waiting by it', async () => {
  const { client, server } = open(({ path }) => {
    if (path === REFRESH) return never()
    return path === LOGIN ? granted() : json(200, {})
  })
  client.refresh().catch(() => {})
  await settle()
  await client.login(ADA)
  expect((await client.fetch('/api/me')).status).toBe(200)
  expect(server.count(REFRESH)).toBe(1)
})

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

test('A sign-in that the server could not answer is the end of nobody’s session', async () => {
  const { promise: held, resolve: answer } = deferred<Response>()
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
