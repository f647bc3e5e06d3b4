import type { Database } from '@/db/database'
import { SEED, seedKey } from '@/testing/bulk-seed/seed-values'
import { dueFrom, laptop, newEvent, newSession, rotation, START } from '@/testing/database/samples'
import type { BenchContext } from '../context'
import type { DatabaseEngine, FilledDatabase } from '../rows/database-engine'
import { postgresEngine } from '../rows/postgres'
import { createRefresher } from '../rows/refresh'
import { openRefreshOverHttp, type RefreshOverHttp } from '../rows/refresh-over-http'
import { sqliteEngine } from '../rows/sqlite'
import { median, quantile, ratio, spread } from '../statistics'

const WARM_UP_ROUNDS = 10
const PER_ROUND = 100
const SIGN_INS = 20
const MAX_GROWTH = 1.15
const MAX_BYTES = 400
/** Matches the steps of a plan that read a table, on either database engine. */
const FINDS_ROWS = /^(-> {2})?(Index|Bitmap|Seq) .*(using|on) |^(SEARCH|SCAN) (?!CONSTANT)/

/** A refresh with many sessions beside one with few, on each database engine, in turn. Bytes a session, and query plans. */
export async function measureGrowth(context: BenchContext): Promise<void> {
  for (const open of [sqliteEngine, postgresEngine]) {
    const engine = await open()
    try {
      await measure(engine, context)
    } finally {
      await engine.stop()
    }
  }
}

function sizesOf({ quick, huge }: BenchContext['options']): readonly number[] {
  if (quick) return [1000, 5000, 20_000]
  return [1000, 100_000, 1_000_000, ...(huge ? [10_000_000] : [])]
}

async function measure(engine: DatabaseEngine, { options, report }: BenchContext): Promise<void> {
  const rounds = options.quick ? 5 : 100
  const sizes = sizesOf(options)
  const filled: FilledDatabase[] = []
  for (const size of sizes) filled.push(await engine.fill(size))
  const refreshers: Refresher[] = []
  for (const database of filled) refreshers.push(await createRefresher(database))
  const times = await timeRefreshes(filled, refreshers, rounds)

  const [fewest, biggest] = [times[0], times.at(-1)]
  const [many, refreshMany] = [filled.at(-1), refreshers.at(-1)]
  if (!fewest || !biggest || !many || !refreshMany) throw new Error('nothing was measured')
  for (const [n, { refreshes, statements, signIns, tail }] of times.entries()) {
    const name = `${engine.name}, ${formatCount(sizes[n] ?? 0)} sessions`
    report.value(name, 'a refresh', 'ms', spread(refreshes))
    report.value(name, 'a refresh, 99th percentile', 'ms', tail)
    report.value(name, 'its statements', 'ms', spread(statements))
    report.value(name, 'the statement of a sign-in', 'ms', spread(signIns))
  }
  const last = formatCount(sizes.at(-1) ?? 0)
  const waits = await timeOverHttp(filled, rounds)
  for (const [n, waited] of waits.entries()) {
    const name = `${engine.name}, ${formatCount(sizes[n] ?? 0)} sessions`
    report.value(name, 'a refresh over HTTP', 'ms', spread(waited))
  }
  const name = `${engine.name}: a refresh with ${last} sessions / with 1,000`
  report.check(`${name}, over HTTP`, ratio(waits.at(-1) ?? [], waits[0] ?? []), '<=', MAX_GROWTH)
  report.value(
    `${name}, in the process`,
    'ratio of times',
    '×',
    ratio(biggest.refreshes, fewest.refreshes),
  )
  const signIn = `${engine.name}: a sign-in with ${last} sessions / with 1,000`
  report.value(signIn, 'ratio of times', '×', ratio(biggest.signIns, fewest.signIns))

  await reportSizes(engine, many, report)
  await reportLog(engine, many, refreshMany, report)
  await checkPlans(engine, many, report)
  await Promise.all(filled.map((database) => database.close()))
}

type Refresher = Awaited<ReturnType<typeof createRefresher>>

interface Times {
  /** Medians of each round, in milliseconds. */
  readonly refreshes: number[]
  readonly statements: number[]
  readonly signIns: number[]
  /** The 99th percentile of all refreshes. */
  tail: number
}

async function timeRefreshes(
  filled: readonly FilledDatabase[],
  refreshers: readonly Refresher[],
  rounds: number,
): Promise<Times[]> {
  const times = filled.map((): Times => ({ refreshes: [], statements: [], signIns: [], tail: 0 }))
  const all: number[][] = filled.map(() => [])
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    const taken: { whole: number; database: number }[][] = filled.map(() => [])
    for (let n = 0; n < PER_ROUND; n++) {
      for (const [at, refresh] of refreshers.entries()) {
        // The other half is refreshed over HTTP, by a server that knows what it has issued.
        taken[at]?.push(await refresh(randomIndex((filled[at]?.sessions ?? 0) / 2)))
      }
    }
    for (const [at, database] of filled.entries()) {
      const signIns = await timeSignIns(database)
      if (round < 0) continue
      const wholes = (taken[at] ?? []).map(({ whole }) => whole)
      times[at]?.refreshes.push(median(wholes))
      times[at]?.statements.push(median((taken[at] ?? []).map((time) => time.database)))
      times[at]?.signIns.push(median(signIns))
      all[at]?.push(...wholes)
    }
  }
  for (const [at, time] of times.entries()) time.tail = quantile(all[at] ?? [], 0.99)
  return times
}

/** What a client waits for a refresh, in milliseconds: the medians of each round, for each database. One request at a time, in turn. */
async function timeOverHttp(
  filled: readonly FilledDatabase[],
  rounds: number,
): Promise<number[][]> {
  const servers: RefreshOverHttp[] = []
  const times: number[][] = filled.map(() => [])
  try {
    for (const database of filled) servers.push(await openRefreshOverHttp(database))
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      const taken: number[][] = filled.map(() => [])
      for (let n = 0; n < PER_ROUND; n++) {
        for (const [at, { refresh }] of servers.entries()) {
          const half = Math.floor((filled[at]?.sessions ?? 0) / 2)
          taken[at]?.push(await refresh(half + randomIndex(half)))
        }
      }
      if (round < 0) continue
      for (const [at, waited] of taken.entries()) times[at]?.push(median(waited))
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
  return times
}

async function timeSignIns({ database, sessions }: FilledDatabase): Promise<number[]> {
  const taken: number[] = []
  for (let n = 0; n < SIGN_INS; n++) {
    const userId = seedKey('user', randomIndex(Math.floor(sessions / 2)))
    const session = newSession({ userId, passwordHash: SEED.passwordHash })
    const from = performance.now()
    const isCreated = await database.sessions.create(session, { replaces: null, maxLive: 100 })
    taken.push(performance.now() - from)
    if (!isCreated) throw new Error('the users of the benchmark were changed')
  }
  return taken
}

async function reportSizes(
  engine: DatabaseEngine,
  many: FilledDatabase,
  report: BenchContext['report'],
): Promise<void> {
  const sizes = await many.sizes()
  const bytes = (table: string) => (sizes[table] ?? 0) / many.sessions
  const row = bytes('sessions')
  const indexes = bytes('sessions, indexes')
  report.check(
    `${engine.name}: a session, indexes included`,
    row + indexes,
    '<=',
    MAX_BYTES,
    'bytes',
  )
  for (const [table, size] of Object.entries(sizes)) {
    if (size > many.sessions)
      report.value(engine.name, `${table}, a session`, 'bytes', bytes(table))
  }
}

async function reportLog(
  engine: DatabaseEngine,
  many: FilledDatabase,
  refresh: Refresher,
  report: BenchContext['report'],
): Promise<void> {
  const neighbours = Array.from({ length: 200 }, () => randomIndex(many.sessions / 2))
  await many.checkpoint()
  for (const when of ['right after a checkpoint', 'on pages written since']) {
    const bytes = await many.logged(async () => {
      for (const n of neighbours) await refresh(n)
    })
    report.value(engine.name, `log a rotation, ${when}`, 'bytes', bytes / neighbours.length)
  }
}

async function checkPlans(
  engine: DatabaseEngine,
  many: FilledDatabase,
  report: BenchContext['report'],
): Promise<void> {
  const plan = await many.explain(hotVerbs)
  console.log('how the hot statements find their rows:')
  const finds = plan.steps.map((step) => step.trim()).filter((step) => FINDS_ROWS.test(step))
  for (const step of new Set(finds)) console.log(`  ${step}`)
  if (plan.steps.length === 0) throw new Error('no plan was read')
  const whole = plan.readsWholeTable ? 1 : 0
  report.check(`${engine.name}: hot statements that read a whole table`, whole, '<=', 0, '')
}

async function hotVerbs({ sessions }: Database): Promise<void> {
  const [id, userId] = [seedKey('session', 7), seedKey('user', 3)]
  await sessions.find(id)
  await sessions.findFor(id, 'jti')
  await sessions.findToRotate(id, dueFrom({ generation: 0, branch: 0 }, userId), rotation(1))
  await sessions.advance(id, { generation: 0, branch: 0 }, rotation(1))
  const session = newSession({ userId, passwordHash: SEED.passwordHash })
  const signsIn = sessions.create(session, { replaces: id, maxLive: 100 })
  if (!(await signsIn)) throw new Error('the users of the benchmark were changed')
  await sessions.list(userId, START)
  await sessions.end(id, 'signed_out', newEvent({ sessionId: id, userId, ...laptop }))
}

function randomIndex(count: number): number {
  return Math.floor(Math.random() * count)
}

function formatCount(count: number): string {
  return count.toLocaleString('en')
}
