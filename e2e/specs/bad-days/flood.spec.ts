import { expect, test } from '@/e2e/load/fixtures'
import {
  besiege,
  type FloodReport,
  flood,
  garbageRequests,
  openSlowLoris,
} from '@/e2e/load/garbage'
import { Visitor } from '@/e2e/support/clients/visitor'
import type { Fleet } from '@/e2e/support/server/fleet'

const IS_FULL = process.env.BAD_DAYS === 'full'
const PER_SECOND = 10_000
const SECONDS = IS_FULL ? 30 : 6
/** Rounds with and without a flood alternate, so that other work on this machine affects both. */
const ROUNDS = 3
/** How many times slower honest visitors may be served during a flood than without it, in the same run. */
const SLOWER = IS_FULL ? 3 : 6
/** Long timeouts, because a flood takes all of a slow machine. */
const LONG_TIMEOUTS = { DATABASE_TIMEOUT: '30s', REFRESH_TIMEOUT: '120s' }
const ATTACKER = '127.0.0.9'
const VISITORS = 6
const HEALTH_CHECKS = IS_FULL ? 1000 : 200
/** The nginx limits of a deployment: 50 requests a second for each address, with bursts of 50. */
const LIMITS = `
  limit_req_zone $binary_remote_addr zone=address:10m rate=50r/s;
  limit_req zone=address burst=50 nodelay;
  limit_req_status 429;
  limit_req_log_level info;`

test('Garbage tokens, wherever a token can stand, read nothing from the database', {
  tag: '@measured',
}, async ({ cluster, fleet: startFleet }) => {
  const fleet = await startFleet()
  const visitor = new Visitor(fleet.direct)
  await visitor.signIn(await fleet.register())
  const statements = () => cluster.log().match(/ LOG: {2}(?:statement|execute)/g)?.length ?? 0
  fleet.sql.run("ALTER SYSTEM SET log_statement = 'all'")
  fleet.sql.run('SELECT pg_reload_conf()')
  await expect.poll(() => visitor.visit().then(statements)).toBeGreaterThan(0)
  const before = statements()
  const report = await flood({
    atLeast: 50,
    ...{ port: fleet.machines[0]?.port ?? 0, perSecond: 300, seconds: 4, connections: 4 },
    ...{ address: ATTACKER, requests: garbageRequests(visitor.jar) },
  })
  const during = statements() - before
  console.log(`garbage at one machine: ${JSON.stringify(report)}; statements: ${during}`)
  expect(Object.keys(report.statuses).filter((status) => status < '400')).toEqual([])
  expect(during).toBe(0)
  expect(answersOf(report)).toBeGreaterThanOrEqual(50)
  visitor.loseAccess()
  expect(await visitor.visit()).toBe('served')
  expect(statements()).toBeGreaterThan(before)
})

test(`Up to ${PER_SECOND} garbage tokens a second for ${SECONDS} s: honest people elsewhere are served as fast as before, within ${SLOWER} times`, {
  tag: '@measured',
}, async ({ fleet: startFleet }) => {
  const fleet = await startFleet({ nginx: LIMITS, env: LONG_TIMEOUTS })
  const { visitors, requests } = await gather(fleet)
  const attack = () =>
    flood({
      ...{ port: fleet.port, perSecond: PER_SECOND, seconds: SECONDS / ROUNDS, connections: 32 },
      ...{ address: ATTACKER, requests },
    })
  const [quiet, loud]: [number[], number[]] = [[], []]
  const reports: FloodReport[] = []
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push(...(await latencies(visitors, pauseOf(SECONDS / ROUNDS))))
    const attacked = attack()
    loud.push(...(await latencies(visitors, attacked)))
    reports.push(await attacked)
  }
  const rates = reports.map(({ perSecond }) => perSecond)
  expectNotMuchSlower(`garbage at ${rates.join(', ')} a second`, quiet, loud)
  // Most of the flood was refused before it reached a server.
  const refused = reports.reduce((sum, { statuses }) => sum + (statuses['429'] ?? 0), 0)
  expect(refused).toBeGreaterThan(reports.map(answersOf).reduce((sum, one) => sum + one) / 2)
  expect(refused).toBeGreaterThan(loud.length)
})

test('Slow loris: two thousand connections that never finish their requests keep nobody from being served', {
  tag: '@measured',
}, async ({ fleet: startFleet }) => {
  const fleet = await startFleet({ nginx: LIMITS, env: LONG_TIMEOUTS })
  const { visitors } = await gather(fleet)
  const quiet = await latencies(visitors, pauseOf(3))
  const head = 'GET /dashboard HTTP/1.1\r\nHost: localhost\r\nX-Slow: '
  const body =
    'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{'
  const end = await openSlowLoris({
    // nginx buffers the whole head and body. Without nginx, a machine sees only the beginning of the request.
    targets: [
      { port: fleet.port, beginning: head },
      { port: fleet.port, beginning: body },
      ...fleet.machines.map(({ port }) => ({ port, beginning: head })),
    ],
    connections: 2000,
    address: ATTACKER,
  })
  const loud = await latencies(visitors, pauseOf(3))
  const open = await end()
  expectNotMuchSlower(`slow loris, ${open} connections open at the end`, quiet, loud)
  expect(open).toBeGreaterThan(1000)
})

test('Two hundred posts that do not end, three hundred upgrades and three crafted cookies again and again cost no more than three readers: health is answered and memory stays', {
  tag: ['@F38', '@F39', '@F40', '@measured'],
}, async ({ startServer }) => {
  const token = 'the-token-of-the-metrics-with-32-characters'
  const { port } = await startServer({ env: { METRICS_TOKEN: token } })
  const memory = async () => {
    const headers = { authorization: `Bearer ${token}` }
    const text = await (await fetch(`http://127.0.0.1:${port}/api/metrics`, { headers })).text()
    const bytes = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1])
    return {
      resident: bytes('process_resident_memory_bytes'),
      buffers: bytes('nodejs_external_memory_bytes'),
    }
  }
  const health = async () => {
    const measured: number[] = []
    for (let time = 0; time < HEALTH_CHECKS / ROUNDS; time++) {
      const from = performance.now()
      await (await fetch(`http://127.0.0.1:${port}/api/health`)).text()
      measured.push(performance.now() - from)
      await pauseOf(0.01)
    }
    return measured
  }
  const readers = { port, address: ATTACKER, posts: 0, upgrades: 0, loops: 3, cookie: 'a=1' }
  const crafted = `a${' '.repeat(15_000)}b=1`
  const siege = { ...readers, posts: 200, upgrades: 300, cookie: crafted }
  const during = async (options: typeof siege) => {
    const end = await besiege(options)
    const measured = await health()
    const held = await memory()
    return { measured, held, answers: await end() }
  }
  const idle: number[] = []
  const read: number[] = []
  const besieged: number[] = []
  const more = { resident: 0, buffers: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    idle.push(...(await health()))
    const readBy = await during(readers)
    read.push(...readBy.measured)
    // Rendered pages leave garbage that V8 collects when it likes. So the whole process is measured beside endless bodies
    // alone, and beside the whole siege the buffers that bodies are held in.
    const before = await memory()
    const { held } = await during({ ...siege, upgrades: 0, loops: 0 })
    more.resident = Math.max(more.resident, held.resident - before.resident)
    const attacked = await during(siege)
    besieged.push(...attacked.measured)
    more.buffers = Math.max(more.buffers, attacked.held.buffers - readBy.held.buffers)
    console.log(`besieged: ${JSON.stringify(attacked.answers)}`)
    // Each upgrade was answered, and each crafted cookie was served.
    expect(attacked.answers.upgrades).toBeGreaterThanOrEqual(siege.upgrades)
    expect(attacked.answers.loops).toBeGreaterThan(siege.loops)
  }
  const megabytes = (bytes: number) => Math.round(bytes / 1024 ** 2)
  console.log(`memory: ${megabytes(more.resident)} MB more beside endless bodies`)
  console.log(`buffers: ${megabytes(more.buffers)} MB more beside all of it`)
  expect(more.resident).toBeLessThan(200 * 1024 ** 2)
  expect(more.buffers).toBeLessThan(200 * 1024 ** 2)
  expectNotMuchSlower('health beside a siege, after three readers', read, besieged, SLOWER / 2)
  expectNotMuchSlower('health beside a siege', idle, besieged)
})

/** Signed-in visitors, and forged tokens made from those of one of them. */
async function gather(fleet: Fleet) {
  const user = await fleet.register()
  const visitors = Array.from(
    { length: VISITORS },
    (_, index) => new Visitor(fleet.direct, undefined, `127.0.1.${index + 1}`),
  )
  for (const visitor of visitors) await visitor.signIn(user)
  const requests = garbageRequests({ ...visitors[0]?.jar })
  // A server is slow at its first requests.
  await latencies(visitors, pauseOf(2))
  return { visitors, requests }
}

/** The duration of each visit until `end`, in milliseconds. A quarter of them refresh. Fails if a visit is not served. */
async function latencies(visitors: readonly Visitor[], end: Promise<unknown>): Promise<number[]> {
  let isOver = false
  void end.finally(() => {
    isOver = true
  })
  const measured: number[] = []
  await Promise.all(
    visitors.map(async (visitor, index) => {
      for (let turn = index; !isOver; turn++) {
        if (turn % 4 === 0) visitor.loseAccess()
        const from = performance.now()
        expect(await visitor.visit()).toBe('served')
        measured.push(performance.now() - from)
        await pauseOf(0.04)
      }
    }),
  )
  return measured
}

function expectNotMuchSlower(
  what: string,
  quiet: readonly number[],
  loud: readonly number[],
  slower = SLOWER,
): void {
  const text = (values: readonly number[]) =>
    `p50 ${percentile(values, 0.5).toFixed(1)} ms, p99 ${percentile(values, 0.99).toFixed(1)} ms of ${values.length}`
  console.log(`${what}: quiet ${text(quiet)}; beside it ${text(loud)}`)
  // A 99th percentile needs many samples and an idle machine.
  for (const share of IS_FULL ? [0.5, 0.99] : [0.5, 0.9]) {
    expect(percentile(loud, share)).toBeLessThan(slower * percentile(quiet, share))
  }
}

function answersOf({ statuses }: FloodReport): number {
  return Object.values(statuses).reduce((sum, count) => sum + count, 0)
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

function pauseOf(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
