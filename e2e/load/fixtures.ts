import { type Cluster, startCluster } from '@/testing/postgres/cluster'
import { test as base, expect } from '../support/fixtures'
import { type Fleet, type FleetOptions, startFleet } from '../support/server/fleet'
import type { AppServer } from '../support/server/server'
import type { ConcurrentUsers } from './concurrent-users'

export { expect } from '../support/fixtures'

/** Rotations every few seconds, so that a fault hits some, and a short database timeout, so that an outage shows. */
export const LIVELY = { REFRESH_GRACE: '1s', DATABASE_TIMEOUT: '5s', REFRESH_TIMEOUT: '15s' }
/** How many visits must be served before and after the fault. */
export const VISITS = 60

interface Fixtures {
  /** A PostgreSQL for this test alone, which may kill it. */
  cluster: Cluster
  /** Starts three machines on it, each of which asks itself for a refresh. */
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
      // The test takes a machine out of the balancer before it stops it, so no shutdown delay is needed.
      const env = { ...LIVELY, SHUTDOWN_DELAY: '0', ...options.env }
      const fleet = await startFleet({ databaseUrl, asksItself: true, ...options, env })
      started.push(fleet)
      return fleet
    })
    await Promise.all(started.map((fleet) => fleet.stop()))
  },
})

/** How many visits of one visitor may fail after the fault is over. Each visits about five times a second. */
const MAX_FAILED_VISITS = 20

/** Expects that every visitor is served soon after the fault. */
export async function expectBack(what: string, users: ConcurrentUsers): Promise<void> {
  const { inVain, firstAfterMs } = await users.untilEachServed()
  console.log(`${what}: back after ${firstAfterMs} ms; one of them came ${inVain} times in vain`)
  expect(inVain).toBeLessThanOrEqual(MAX_FAILED_VISITS)
}

/** Expects that nobody was signed out: by no response, no row, and no event of a reused token. */
export async function expectNobodyLost(
  what: string,
  server: AppServer,
  users: ConcurrentUsers,
): Promise<void> {
  const report = await users.end()
  const sessions = users.accounts.flatMap(({ name }) => server.rows.sessions(name))
  const lost = sessions.filter(({ revoked_at }) => revoked_at !== null)
  const { served, unavailable, failed, goneMs } = report
  console.log(
    `${what}: gone for ${goneMs} ms; ${served} visits served, ${unavailable} told to come back, ${failed} failed; sessions lost: ${lost.length} of ${sessions.length}`,
  )
  expect(report.signedOut).toBe(0)
  expect(lost).toEqual([])
  expect(sessions).toHaveLength(users.visitors)
  for (const { name } of users.accounts) {
    expect(server.rows.events(name, 'reuse_detected')).toEqual([])
  }
}
