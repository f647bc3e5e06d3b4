import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { LONG_TIMEOUTS, newSession, newUser, rotation } from '@/testing/database/samples'
import { operate } from '@/testing/database/temporary-postgres'
import { type Cluster, startCluster } from '@/testing/postgres/cluster'
import { type Pooler, startPooler } from '@/testing/postgres/pooler'
import { openTcpProxy } from '@/testing/postgres/tcp-proxy'

const user = newUser()
const limits = { replaces: null, maxLive: 100 }
let cluster: Cluster
let pooler: Pooler

beforeAll(async () => {
  cluster = await startCluster()
  pooler = await startPooler(cluster, 3)
})
afterAll(async () => {
  await pooler.dispose()
  await cluster.dispose()
})

/** Rotates each session `times` times on all machines at once. Returns how many rotations succeeded. */
async function hammer(machines: Database[], ids: string[], times: number): Promise<number> {
  let won = 0
  const work = machines.flatMap(({ sessions }) =>
    ids.map(async (id) => {
      for (let n = 0; n < times; n++) {
        const row = await sessions.find(id)
        if (row && (await sessions.advance(id, row, rotation(row.generation + 1)))) won++
      }
    }),
  )
  await Promise.all(work)
  return won
}

it('ten machines migrate and work through a pooler that passes three connections around', async () => {
  const url = pooler.url(await cluster.createDatabase())
  const query = vi.spyOn(pg.Client.prototype, 'query')
  const machines = await Promise.all(
    Array.from({ length: 10 }, () => openDatabase(url, LONG_TIMEOUTS)),
  )
  const [first] = machines as [Database]
  await first.users.create(user)
  const sessions = [1, 2, 3].map(() => newSession({ userId: user.id }))
  for (const session of sessions) await first.sessions.create(session, limits)
  const won = await hammer(
    machines,
    sessions.map(({ id }) => id),
    10,
  )

  const rows = await Promise.all(sessions.map(({ id }) => first.sessions.find(id)))
  expect(rows.reduce((sum, row) => sum + (row?.generation ?? 0), 0)).toBe(won)
  const { rows: served } = await operate(
    url,
    `SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()`,
  )
  expect(served[0].count).toBeLessThanOrEqual(3)
  const named = query.mock.calls.filter(([config]) => Object(config).name)
  expect(named).toEqual([])
  query.mockRestore()
  await Promise.all(machines.map((machine) => machine.close()))
})

it('a pooler may be put in between, and taken away, while the program runs', async () => {
  const url = await cluster.createDatabase()
  const proxy = await openTcpProxy(cluster.port)
  const database = await openDatabase(proxy.url(url), LONG_TIMEOUTS)
  await database.users.create(user)
  const session = newSession({ userId: user.id })
  await database.sessions.create(session, limits)
  let won = 0
  for (const port of [cluster.port, pooler.port, cluster.port]) {
    proxy.redirectTo(port)
    won += await hammer(
      Array.from({ length: 10 }, () => database),
      [session.id],
      5,
    )
    expect(await database.sessions.find(session.id)).toMatchObject({ generation: won })
  }
  await database.close()
  await proxy.close()
})
