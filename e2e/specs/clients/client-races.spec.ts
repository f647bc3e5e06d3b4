import { openClientPage } from '@/e2e/support/clients/client-bundle'
import { expect, test } from '@/e2e/support/fixtures'
import { complaintsOf } from '@/e2e/support/steps'

const REFRESH = '/api/auth/refresh'
const LONG_MS = 600_000

test('Client: five tabs wake after expiry: all signed in, one rotation at most, and signing out in one shows in all', {
  tag: '@F3',
}, async ({ server, front, context, rows, user, signedIn }) => {
  await signedIn(context, { user })
  const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()))
  const complaints = tabs.flatMap(complaintsOf)
  for (const tab of tabs) await openClientPage(tab, { proactive: false })
  await tabs[0]?.evaluate(() => client.refresh())
  for (const tab of tabs) {
    await expect.poll(() => tab.evaluate(() => client.session.get().status)).toBe('signed-in')
  }
  for (const tab of tabs) await tab.evaluate(() => client.adopt(0))
  await server.kit.passTime(LONG_MS, { user })
  const { generation } = rows.session(user.name)
  front.forget()

  const statuses = await Promise.all(
    tabs.map((tab) =>
      tab.evaluate(async () => {
        client.wake()
        return (await client.fetch('/api/me')).status
      }),
    ),
  )
  expect(statuses).toEqual([200, 200, 200, 200, 200])
  expect(rows.session(user.name).generation - generation).toBeLessThanOrEqual(1)
  expect(front.passed(REFRESH)).toHaveLength(1)
  expect(rows.events(user.name, 'reuse_detected')).toEqual([])

  const heard = tabs.map((tab) =>
    tab.evaluate(
      () =>
        new Promise<string>((resolve) => {
          client.on('signedout', ({ reason }) => resolve(reason))
        }),
    ),
  )
  await tabs[2]?.evaluate(() => client.logout())
  expect(await Promise.all(heard)).toEqual(tabs.map(() => 'signed_out'))
  for (const tab of tabs) {
    expect(await tab.evaluate(() => client.session.get().status)).toBe('signed-out')
  }
  expect(complaints).toEqual([])
})

test('Client: five tabs that cannot reach each other, on an old session: all signed in, one rotation at most', {
  tag: '@F3',
}, async ({ server, context, rows, user, signedIn }) => {
  await signedIn(context, { user })
  await context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })
    Object.assign(globalThis, { BroadcastChannel: undefined })
  })
  const tabs = await Promise.all(Array.from({ length: 5 }, () => context.newPage()))
  for (const tab of tabs) await openClientPage(tab)
  await server.kit.passTime(LONG_MS, { user })
  const statuses = await Promise.all(
    tabs.map((tab) =>
      tab.evaluate(async () => {
        client.adopt(0)
        return (await client.fetch('/api/me')).status
      }),
    ),
  )
  expect(statuses).toEqual([200, 200, 200, 200, 200])
  expect(rows.session(user.name).generation).toBe(1)
  expect(rows.events(user.name, 'reuse_detected')).toEqual([])
})

test('Client: a frozen tab that holds the lock holds up no other tab', { tag: '@F3' }, async ({
  server,
  context,
  page,
  user,
  signedIn,
}) => {
  await signedIn(context, { user })
  await page.goto('/sign-up')
  await page.evaluate(async (name) => {
    await new Promise<void>((taken) => {
      navigator.locks.request(name, () => {
        taken()
        return new Promise(() => {})
      })
    })
  }, `refresh ${server.origin}`)
  const other = await context.newPage()
  await openClientPage(other, { timeoutMs: 4000, patienceMs: 600_000 })
  const seen = await other.evaluate(async () => {
    const asked: string[] = []
    const request = navigator.locks.request.bind(navigator.locks) as LockManager['request']
    Object.assign(navigator.locks, {
      request: (name: string, ...rest: [LockOptions, LockGrantedCallback<unknown>]) => {
        const granted = request(name, ...rest)
        granted.catch((error) => asked.push(`${name}: ${error.name}`))
        return granted
      },
    })
    client.adopt(0)
    return { status: (await client.fetch('/api/me')).status, asked: [...new Set(asked)] }
  })
  // The tab waited for the lock, and refreshed without it.
  expect(seen).toEqual({ status: 200, asked: [`refresh ${server.origin}: AbortError`] })
})
