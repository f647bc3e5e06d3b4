import { type ClientOptions, createClient } from '@/client/client'
import { systemClock } from '@/client/time/clock'
import { openClientPage } from '@/e2e/support/clients/client-bundle'
import { expect, test } from '@/e2e/support/fixtures'

const REFRESH = '/api/auth/refresh'
const LONG_MS = 600_000

test('Client: a thousand requests at expiry, from Node: one refresh on the wire, a thousand answers', {
  tag: ['@F2', '@heavy'],
}, async ({ server, front, rows, user }) => {
  let aheadMs = 0
  const clock: ClientOptions['clock'] = {
    ...systemClock,
    now: () => performance.now() + aheadMs,
  }
  const client = createClient({ origin: server.origin, clock, proactive: false })
  await client.login({ username: user.name, password: user.password })
  await server.kit.passTime(LONG_MS, { user })
  aheadMs = 901_000
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async () => {
      const answer = await client.fetch('/api/me')
      return [answer.status, ((await answer.json()) as { user: { name: string } }).user.name]
    }),
  )
  expect(answers).toEqual(Array.from({ length: 1000 }, () => [200, user.name]))
  expect(front.passed(REFRESH)).toHaveLength(1)
  expect(front.passed('/api/me')).toHaveLength(1000)
  expect(rows.session(user.name).generation).toBe(1)
  client.close()
})

test('Client: a thousand requests at expiry, from Chromium: one refresh on the wire, a thousand answers', {
  tag: ['@F2', '@heavy'],
}, async ({ server, front, inner, page, context, rows, user, signedIn }) => {
  await signedIn(context, { user })
  await openClientPage(page, { proactive: false })
  await page.evaluate(() => client.adopt(0))
  await server.kit.passTime(LONG_MS, { user })
  front.forget()
  inner.forget()
  const statuses = await page.evaluate(() =>
    Promise.all(Array.from({ length: 1000 }, async () => (await client.fetch('/api/me')).status)),
  )
  expect(statuses).toEqual(Array.from({ length: 1000 }, () => 200))
  expect(front.passed(REFRESH)).toHaveLength(1)
  expect(inner.passed(REFRESH)).toHaveLength(0)
  expect(rows.session(user.name).generation).toBe(1)
})
