import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { type Cluster, startCluster } from '../db/postgres/cluster/cluster'
import { type Crowd, openCrowd } from './crowd'
import { test as base, expect } from './fixtures'
import { type Fleet, type FleetOptions, startFleet } from './fleet'
import type { AppProcess } from './process'
import { type AppServer, startAppServer } from './server'
import { Visitor } from './visitor'

/** Rotations every few seconds: what a bad day can hit. */
const LIVELY = { ACCESS_TOKEN_TTL: '15m', REFRESH_GRACE: '1s' }
const VISITS = 60

interface Fixtures {
  /** A PostgreSQL of the test's own, to be ended as it likes. */
  cluster: Cluster
  /** Three machines on it, each of which asks itself for a refresh. */
  fleet: (options?: FleetOptions) => Promise<Fleet>
}

const test = base.extend<Fixtures>({
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
      const env = { ...LIVELY, ...options.env }
      const fleet = await startFleet({ databaseUrl, asksItself: true, ...options, env })
      started.push(fleet)
      return fleet
    })
    await Promise.all(started.map((fleet) => fleet.stop()))
  },
})

/** Everybody who was signed in is: nobody was told otherwise, no row says so, and no event speaks of a copy. */
async function expectNobodyLost(what: string, server: AppServer, crowd: Crowd): Promise<void> {
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

test('kill -9 of one of three machines in the middle of a storm: the others serve, and nobody is signed out', async ({
  fleet,
}) => {
  const server = await fleet()
  const crowd = await openCrowd(server)
  await crowd.untilServed(VISITS)
  const [victim] = server.machines as [AppProcess]
  await victim.kill()
  await crowd.untilServed(VISITS)
  await victim.start()
  await crowd.untilServed(VISITS)
  await expectNobodyLost('kill -9 of one of three machines', server, crowd)
})

test('kill -9 of PostgreSQL in the middle of a storm: served within a second of its return, and nobody is signed out', async ({
  cluster,
  fleet,
}) => {
  const server = await fleet()
  const crowd = await openCrowd(server)
  await crowd.untilServed(VISITS)
  await cluster.kill9()
  await cluster.start()
  const back = performance.now()
  expect(await crowd.servedAfter(back)).toBeLessThan(1000)
  await crowd.untilServed(VISITS)
  await expectNobodyLost('kill -9 of PostgreSQL', server, crowd)
})

test('F10 F12 PostgreSQL stopped for ten seconds under load: 503 pages that come back, service within a second of its return, and nobody is signed out', async ({
  cluster,
  fleet,
}) => {
  const server = await fleet()
  const crowd = await openCrowd(server)
  await crowd.untilServed(VISITS)
  const visitor = new Visitor(server.direct)
  await visitor.signIn(await server.register())
  await cluster.stop()
  const until = performance.now() + 10_000

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

  await new Promise((resolve) => setTimeout(resolve, until - performance.now()))
  await cluster.start()
  const back = performance.now()
  expect(await crowd.servedAfter(back)).toBeLessThan(1000)
  expect(await visitor.visit('/dashboard')).toBe('served')
  await crowd.untilServed(VISITS)
  await expectNobodyLost('PostgreSQL stopped for 10 s', server, crowd)
})

test('A failover to an older copy, with generations lost: they are adopted, with an event each, and nobody is signed out', async ({
  cluster,
  fleet,
}) => {
  const server = await fleet()
  const crowd = await openCrowd(server)
  const rowsOf = () => crowd.users.flatMap(({ name }) => server.rows.sessions(name))
  await crowd.untilServed(VISITS)
  const older = await cluster.copy()
  const generations = new Map(rowsOf().map(({ id, generation }) => [id, generation]))
  const haveMoved = () =>
    rowsOf().every(({ id, generation }) => generation > (generations.get(id) ?? 0))
  await expect.poll(haveMoved, { timeout: 30_000 }).toBe(true)

  await cluster.kill9()
  const copy = await startCluster({ from: older, port: cluster.port })
  try {
    const back = performance.now()
    expect(await crowd.servedAfter(back)).toBeLessThan(1000)
    const regressed = () =>
      crowd.users.flatMap(({ name }) => server.rows.events(name, 'state_regression'))
    await expect.poll(() => regressed().length, { timeout: 30_000 }).toBe(crowd.visitors)
    expect(new Set(regressed().map(({ session_id }) => session_id)).size).toBe(crowd.visitors)
    await crowd.untilServed(VISITS)
    await expectNobodyLost('failover to an older copy', server, crowd)
  } finally {
    await copy.dispose()
  }
})

test('F23 a SQLite file locked by another process for five seconds: who needs no write is served, and nobody is signed out', async () => {
  const server = await startAppServer({ env: LIVELY })
  const crowd = await openCrowd(server)
  await crowd.untilServed(VISITS)
  const other = new Sqlite(server.databaseUrl.slice('file:'.length))
  other.exec('BEGIN EXCLUSIVE')
  const released = performance.now() + 5000
  await crowd.untilServed(VISITS)
  expect(performance.now()).toBeLessThan(released)
  await new Promise((resolve) => setTimeout(resolve, released - performance.now()))
  other.exec('ROLLBACK')
  const back = performance.now()
  other.close()
  expect(await crowd.servedAfter(back)).toBeLessThan(1000)
  await crowd.untilServed(VISITS)
  await expectNobodyLost('SQLite locked for 5 s', server, crowd)
  await server.stop()
})

test('A full disk under SQLite: sign-ins and rotations are told to come back, living access tokens serve, and nobody is signed out', async () => {
  const disk = await mkdtemp(join(tmpdir(), 'rekindle-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
  try {
    const env = { ...LIVELY, DATABASE_URL: `file:${join(disk, 'rekindle.db')}` }
    const server = await startAppServer({ env })
    const crowd = await openCrowd(server)
    await crowd.untilServed(VISITS)
    const user = await server.register()
    const visitor = new Visitor(server.direct)
    await visitor.signIn(user)

    await fill(disk)
    const ballast = join(disk, 'ballast')
    const body = JSON.stringify({ username: user.name, password: user.password })
    const stranger = new Visitor(server.direct)
    // What space the file still has of its own is used up first.
    await expect
      .poll(async () => (await stranger.ask('POST', '/api/auth/login', body)).status)
      .toBe(503)
    const refused = await stranger.ask('POST', '/api/auth/login', body)
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toMatch(/^\d+$/)
    expect(await visitor.visit()).toBe('served')
    // By now every refresh token is old enough to be replaced, which cannot be.
    await new Promise((resolve) => setTimeout(resolve, 4000))
    visitor.loseAccess()
    expect(await visitor.visit()).toBe('unavailable')

    await rm(ballast)
    const back = performance.now()
    expect(await crowd.servedAfter(back)).toBeLessThan(1000)
    expect(await visitor.visit()).toBe('served')
    await stranger.signIn(user)
    await crowd.untilServed(VISITS)
    await expectNobodyLost('a full disk under SQLite', server, crowd)
    await server.stop()
  } finally {
    execFileSync('umount', ['-l', disk])
    await rm(disk, { recursive: true, force: true })
  }
})

/** Takes whatever room a disk has left. */
async function fill(disk: string): Promise<void> {
  const { bavail, bsize } = await statfs(disk)
  await writeFile(join(disk, 'ballast'), Buffer.alloc(bavail * bsize)).catch((error) => {
    if (error.code !== 'ENOSPC') throw error
  })
}

test('Secrets changed during traffic, one machine after the other, end nobody’s session', async ({
  fleet,
}) => {
  const secret = (letter: string) => letter.repeat(32)
  const variables = (access: string, refresh: string) => ({
    ACCESS_TOKEN_SECRET: access,
    REFRESH_TOKEN_SECRET: refresh,
  })
  const [oldAccess, newAccess, oldRefresh, newRefresh] = ['a', 'b', 'c', 'd'].map(secret)
  const server = await fleet({ env: variables(`${oldAccess}`, `${oldRefresh}`) })
  const crowd = await openCrowd(server)
  await crowd.untilServed(VISITS)
  const roll = async (changed: Record<string, string>) => {
    const ports = server.machines.map(({ port }) => port)
    for (const machine of server.machines) {
      await server.nginx.balance(ports.filter((port) => port !== machine.port))
      await machine.terminate()
      await machine.start(changed)
      await server.nginx.balance(ports)
      await crowd.untilServed(VISITS / 3)
    }
  }
  // First all learn to verify, then all to sign with it: a token is never met by a machine that does not know its key.
  await roll(variables(`${oldAccess},${newAccess}`, `${oldRefresh},${newRefresh}`))
  await roll(variables(`${newAccess},${oldAccess}`, `${newRefresh},${oldRefresh}`))
  await crowd.untilAllRotated()
  await roll(variables(`${newAccess}`, `${newRefresh}`))
  await crowd.untilServed(VISITS)
  await expectNobodyLost('secrets changed on three machines', server, crowd)
})

test('A deploy in the middle of a storm, old and new side by side, then the old gone: nobody is signed out', async ({
  fleet,
}) => {
  const server = await fleet()
  const crowd = await openCrowd(server)
  await crowd.untilServed(VISITS)
  const old = [...server.machines]
  const next = await server.more(3, { NODE_OPTIONS: '--max-old-space-size=512' })
  await Promise.all(next.map((machine) => machine.start()))
  const portsOf = (machines: readonly AppProcess[]) => machines.map(({ port }) => port)
  await server.nginx.balance(portsOf([...old, ...next]))
  await crowd.untilServed(VISITS)
  await server.nginx.balance(portsOf(next))
  await Promise.all(old.map((machine) => machine.terminate()))
  await crowd.untilServed(VISITS)
  await expectNobodyLost('a deploy, old and new side by side', server, crowd)
})
