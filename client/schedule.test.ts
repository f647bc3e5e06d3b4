import { expect, test, vi } from 'vitest'
import { DAY_MS, granted, json, MINUTE_MS, REFRESH, settle } from '@/testing/client/fake'
import { open } from '@/testing/client/fake-client'

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

test('A remaining life that is no number is one that nobody knows', async () => {
  const { client, clock, server } = open(() => granted())
  client.adopt(Number(undefined))
  await clock.pass(DAY_MS)
  expect(client.session.get()).toMatchObject({ status: 'signed-in', remainingMs: null })
  expect(clock.timers).toBe(0)
  expect(server.count(REFRESH)).toBe(0)
})
