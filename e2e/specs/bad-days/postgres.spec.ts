import { openConcurrentUsers } from '@/e2e/load/concurrent-users'
import { expect, expectBack, expectNobodyLost, test, VISITS } from '@/e2e/load/fixtures'
import { Visitor } from '@/e2e/support/clients/visitor'
import { startCluster } from '@/testing/postgres/cluster'

test('kill -9 of PostgreSQL in the middle of a storm: everybody is served at its return, and nobody is signed out', async ({
  cluster,
  fleet,
}) => {
  const server = await fleet()
  const users = await openConcurrentUsers(server)
  await users.untilServed(VISITS)
  await cluster.kill9()
  await cluster.start()
  await expectBack('kill -9 of PostgreSQL', users)
  await users.untilServed(VISITS)
  await expectNobodyLost('kill -9 of PostgreSQL', server, users)
})

test('PostgreSQL stopped under load: 503 pages that come back, everybody served at its return, and nobody is signed out', {
  tag: ['@F10', '@F12'],
}, async ({ cluster, fleet }) => {
  const server = await fleet()
  const users = await openConcurrentUsers(server)
  await users.untilServed(VISITS)
  const visitor = new Visitor(server.direct)
  await visitor.signIn(await server.register())
  await cluster.stop()

  visitor.loseAccess()
  const cookies = { ...visitor.jar }
  const page = await visitor.ask('GET', '/dashboard')
  expect(page.status).toBe(503)
  expect(page.headers['retry-after']).toMatch(/^\d+$/)
  expect(page.body).toContain('You are still signed in')
  const api = await visitor.ask('GET', '/api/me')
  expect(api.status).toBe(503)
  expect(api.headers['retry-after']).toMatch(/^\d+$/)
  expect(visitor.jar).toEqual(cookies)

  await users.untilTurnedAway()
  await cluster.start()
  await expectBack('PostgreSQL stopped', users)
  expect(await visitor.visit('/dashboard')).toBe('served')
  await users.untilServed(VISITS)
  await expectNobodyLost('PostgreSQL stopped', server, users)
})

test('A failover to an older copy, with generations lost: they are adopted, with an event each, and nobody is signed out', async ({
  cluster,
  fleet,
}) => {
  const server = await fleet()
  const users = await openConcurrentUsers(server)
  const rowsOf = () => users.accounts.flatMap(({ name }) => server.rows.sessions(name))
  await users.untilServed(VISITS)
  const older = await cluster.copy()
  const generations = new Map(rowsOf().map(({ id, generation }) => [id, generation]))
  const haveMoved = () =>
    rowsOf().every(({ id, generation }) => generation > (generations.get(id) ?? 0))
  await expect.poll(haveMoved).toBe(true)

  await cluster.kill9()
  const copy = await startCluster({ from: older, port: cluster.port })
  try {
    await expectBack('failover to an older copy', users)
    const regressed = () =>
      users.accounts.flatMap(({ name }) => server.rows.events(name, 'state_regression'))
    await expect.poll(() => regressed().length).toBe(users.visitors)
    expect(new Set(regressed().map(({ session_id }) => session_id)).size).toBe(users.visitors)
    await users.untilServed(VISITS)
    await expectNobodyLost('failover to an older copy', server, users)
  } finally {
    await copy.dispose()
  }
})
