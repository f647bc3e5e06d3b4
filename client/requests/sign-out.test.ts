import { expect, test } from 'vitest'
import { granted, json, LOGOUT, MINUTE_MS, REFRESH, settle, signedOut } from '@/testing/client/fake'
import { ADA, failure, open } from '@/testing/client/fake-client'
import { oauth } from '../contracts/oauth'
import { memoryStorage } from '../session/storage'

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
  expect(server.count(LOGOUT)).toBe(0)
  const abort = new AbortController()
  const leaving = failure(client.logout({ signal: abort.signal }))
  await settle()
  abort.abort('enough')
  expect(await leaving).toBe('enough')
  await clock.pass(MINUTE_MS)
  expect(server.count(LOGOUT)).toBe(1)
  expect(client.session.get().status).toBe('signed-in')
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
  expect(server.count(LOGOUT)).toBe(1)
  expect(storage.get()).toBeNull()
  expect(client.session.get().status).toBe('signed-out')
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
