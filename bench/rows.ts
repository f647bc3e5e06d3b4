import type { Database } from '@/db/database'
import { SEED, seedKey } from '@/testing/bulk-seed/seed-values'
import { laptop, newEvent, newSession, rotation, START } from '@/testing/database/samples'
import type { DatabaseEngine } from './rows/database-engine'
import { postgresEngine } from './rows/postgres'
import { createRefresher, type RefreshTime } from './rows/refresh'
import { sqliteEngine } from './rows/sqlite'

// Checks that a refresh takes about as long with many sessions as with few. Both are measured in turn, in one run, on each
// database engine.
const QUICK = process.argv.includes('--quick')
const [FEW, MANY] = [1000, QUICK ? 20_000 : 1_000_000]
const WARM_UP = QUICK ? 200 : 3000
const REFRESHES = QUICK ? 1000 : 10_000
const LIMIT = 1.3
/** Matches the steps of a plan that read a table, on either database engine. */
const FINDS_ROWS = /^(-> {2})?(Index|Bitmap|Seq) .*(using|on) |^(SEARCH|SCAN) (?!CONSTANT)/

const PARTS = { whole: 'a refresh', database: 'its two statements' }
const randomIndex = (count: number) => Math.floor(Math.random() * count)

let isFit = true
for (const open of [sqliteEngine, postgresEngine]) {
  const engine = await open()
  try {
    await measure(engine)
  } finally {
    await engine.stop()
  }
}
if (!isFit) process.exitCode = 1

async function measure(engine: DatabaseEngine): Promise<void> {
  const began = performance.now()
  const few = await engine.fill(FEW)
  const many = await engine.fill(MANY)
  console.log(`\n${engine.name}: ${FEW} and ${MANY} sessions, filled in ${seconds(began)}`)

  const [refreshFew, refreshMany] = [await createRefresher(few), await createRefresher(many)]
  const [ofFew, ofMany]: [RefreshTime[], RefreshTime[]] = [[], []]
  for (let n = 0; n < WARM_UP + REFRESHES; n++) {
    ofFew.push(await refreshFew(randomIndex(FEW)))
    ofMany.push(await refreshMany(randomIndex(MANY)))
  }
  let isSlower = false
  for (const part of ['whole', 'database'] as const) {
    const [a, b] = [ofFew, ofMany].map((taken) =>
      quantiles(taken.slice(WARM_UP).map((t) => t[part])),
    )
    if (!a || !b) throw new Error('nothing was measured')
    const ratio = b.median / a.median
    console.log(`  ${PARTS[part]}: ${ratio.toFixed(2)} times as long with many`)
    console.log(`    few:  ${formatQuantiles(a)}\n    many: ${formatQuantiles(b)}`)
    if (part === 'whole') isSlower = ratio > LIMIT
  }

  await many.checkpoint()
  const neighbours = Array.from({ length: 200 }, () => randomIndex(MANY))
  for (const when of ['right after a checkpoint', 'on pages written since']) {
    const bytes = await many.logged(async () => {
      for (const n of neighbours) await refreshMany(n)
    })
    console.log(`  log a rotation, ${when}: ${Math.round(bytes / neighbours.length)} bytes`)
  }

  const plan = await many.explain(() => hotVerbs(many.database))
  console.log('  how the hot statements find their rows:')
  const finds = plan.steps.map((step) => step.trim()).filter((step) => FINDS_ROWS.test(step))
  for (const step of new Set(finds)) console.log(`    ${step}`)
  console.log(`  bytes a session, of ${MANY}:`)
  for (const [table, bytes] of Object.entries(await many.sizes())) {
    if (bytes > MANY) console.log(`    ${table}: ${Math.round(bytes / MANY)}`)
  }
  if (isSlower) console.log(`  A refresh takes more than ${LIMIT} times as long.`)
  if (plan.readsWholeTable) console.log('  A whole table is read.')
  isFit &&= !isSlower && !plan.readsWholeTable
  await Promise.all([few.close(), many.close()])
}

async function hotVerbs({ sessions }: Database): Promise<void> {
  const [id, userId] = [seedKey('session', 7), seedKey('user', 3)]
  await sessions.find(id)
  await sessions.findFor(id, 'jti')
  await sessions.advance(id, { generation: 0, branch: 0 }, rotation(1))
  const session = newSession({ userId, passwordHash: SEED.passwordHash })
  const signsIn = sessions.create(session, { replaces: id, maxLive: 100 })
  if (!(await signsIn)) throw new Error('the users of the benchmark were changed')
  await sessions.list(userId, START)
  await sessions.end(id, 'signed_out', newEvent({ sessionId: id, userId, ...laptop }))
}

interface Quantiles {
  readonly median: number
  readonly p95: number
  readonly p99: number
}

function quantiles(times: number[]): Quantiles {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { median: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function formatQuantiles({ median, p95, p99 }: Quantiles): string {
  return `median ${median.toFixed(3)} ms, p95 ${p95.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms`
}

function seconds(from: number): string {
  return `${((performance.now() - from) / 1000).toFixed(0)} s`
}
