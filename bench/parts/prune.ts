import { pruneUntil } from '@/db/prune'
import { DAY } from '@/testing/database/samples'
import type { BenchContext } from '../context'
import { postgresEngine } from '../rows/postgres'
import { createRefresher } from '../rows/refresh'
import { sqliteEngine } from '../rows/sqlite'
import { quantile } from '../statistics'

/** As `server/process/boot.ts` prunes. */
const BATCH = 100

/** Prunes expired sessions, a third of all, while others are refreshed: rows a second, and what a refresh waits for it. */
export async function measurePrune({ options, report }: BenchContext): Promise<void> {
  const sessions = options.quick ? 20_000 : 300_000
  for (const open of [sqliteEngine, postgresEngine]) {
    const engine = await open()
    try {
      const filled = await engine.fill(sessions)
      const refresh = await createRefresher(filled)
      // Sessions began within the last 30 days, and live for 31: ten days on, a third has expired.
      const now = () => filled.start + 11 * DAY
      const alone = await latencies(refresh, 500, () => false)
      let isDone = false
      const from = performance.now()
      const pruning = pruneUntil(() => false, filled.database, { batch: BATCH, now }).finally(
        () => {
          isDone = true
        },
      )
      const beside = await latencies(refresh, Number.POSITIVE_INFINITY, () => isDone)
      const { deleted } = await pruning
      const seconds = (performance.now() - from) / 1000
      report.value(engine.name, 'rows pruned, beside refreshes', 'rows/s', deleted / seconds)
      report.value(engine.name, 'rows pruned', 'rows', deleted)
      for (const [when, taken] of [
        ['alone', alone],
        ['beside pruning', beside],
      ] as const) {
        report.value(engine.name, `a refresh, ${when}, median`, 'ms', quantile(taken, 0.5))
        report.value(
          engine.name,
          `a refresh, ${when}, 99th percentile`,
          'ms',
          quantile(taken, 0.99),
        )
      }
      await filled.close()
    } finally {
      await engine.stop()
    }
  }
}

/** Refreshes sessions that have not expired, one after the other, and lets other work run between two. */
async function latencies(
  refresh: (n: number) => Promise<unknown>,
  most: number,
  isDone: () => boolean,
): Promise<number[]> {
  const taken: number[] = []
  for (let n = 0; taken.length < most && !isDone(); n++) {
    await new Promise(setImmediate)
    const from = performance.now()
    // By the formula of the seed, the first hundred sessions began last.
    await refresh(n % 100)
    taken.push(performance.now() - from)
  }
  return taken
}
