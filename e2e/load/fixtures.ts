import { type Cluster, startCluster } from '@/testing/postgres/cluster'
import { test as base, expect } from '../support/fixtures'
import { type Fleet, type FleetOptions, startFleet } from '../support/server/fleet'
import type { AppServer } from '../support/server/server'
import type { Crowd } from './concurrent-users'

export { expect } from '../support/fixtures'

/** Rotations every few seconds, for a bad day to hit; and little time for the database, so that it is noticed when it is away. */
export const LIVELY = { REFRESH_GRACE: '1s', DATABASE_TIMEOUT: '5s', REFRESH_TIMEOUT: '15s' }
/** How many visits are to be served before and after whatever happens. */
export const VISITS = 60

interface Fixtures {
  /** A PostgreSQL of the test's own, to be ended as it likes. */
  cluster: Cluster
  /** Three machines on it, each of which asks itself for a refresh. */
  fleet: (options?: FleetOptions) => Promise<Fleet>
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures used from the pattern
  cluster: async ({}, use) => {
    const cluster = await startCluster()
    await use(cluster)
    await cluster.dispose()
  },
  fleet: async ({ cluster }, use) => {
    const started: Fleet[] = []
    await use(async (options = {}) => {
      const databaseUrl = await cluster.createDatabase()
      // Who is told to end was taken out of the balancer before.
      const env = { ...LIVELY, SHUTDOWN_DELAY: '0', ...options.env }
      const fleet = await startFleet({ databaseUrl, asksItself: true, ...options, env })
      started.push(fleet)
      return fleet
    })
    await Promise.all(started.map((fleet) => fleet.stop()))
  },
})

/** How often a visitor may come in vain after the fault is over: each comes some five times a second. */
const IN_VAIN = 20

/** The fault is over: each visitor is served, and soon. */
export async function expectBack(what: string, crowd: Crowd): Promise<void> {
  const { inVain, firstAfterMs } = await crowd.untilEachServed()
  console.log(`${what}: back after ${firstAfterMs} ms; one of them came ${inVain} times in vain`)
  expect(inVain).toBeLessThanOrEqual(IN_VAIN)
}

/** Everybody who was signed in is: nobody was told otherwise, no row says so, and no event speaks of a copy. */
export async function expectNobodyLost(
  what: string,
  server: AppServer,
  crowd: Crowd,
): Promise<void> {
  const report = await crowd.end()
  const sessions = crowd.users.flatMap(({ name }) => server.rows.sessions(name))
  const lost = sessions.filter(({ revoked_at }) => revoked_at !== null)
  const { served, unavailable, failed, goneMs } = report
  console.log(
    `${what}: gone for ${goneMs} ms; ${served} visits served, ${unavailable} told to come back, ${failed} failed; sessions lost: ${lost.length} of ${sessions.length}`,
  )
  expect(report.signedOut).toBe(0)
  expect(lost).toEqual([])
  expect(sessions).toHaveLength(crowd.visitors)
  for (const { name } of crowd.users) {
    expect(server.rows.events(name, 'reuse_detected')).toEqual([])
  }
}
