import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchContext } from '../context'
import { makeJars, rekindleEnvironment, rotating } from '../jars'
import { runLoad } from '../load'
import { startNext } from '../server'
import { slopeOf } from '../statistics'

const MIB = 2 ** 20
const MAX_WAL_MIB = 32
/** How many standard errors a slope has to differ from zero before it counts as a trend. */
const CERTAIN = 3
/** A trend matters if it would add more than this share of the mean over the whole run. */
const MATTERS = 0.05

/**
 * Serves pages that are refreshed on the way, and takes many points of heap, resident memory, handles and write-ahead log. Two
 * points would say little: the heap swings by a tenth. A trend fails if it is certain, and large enough to matter.
 */
export async function soak({ options, report, folder, build }: BenchContext): Promise<void> {
  const [points, perPoint] = options.quick ? [10, 200] : [60, 2000]
  const file = join(folder, 'soak.db')
  const env = rekindleEnvironment(`file:${file}`)
  const server = await startNext(build('product'), env, { ready: '/api/health/ready', probe: true })
  try {
    const next = rotating(await makeJars(1000, env), 'GET', '/bench')
    await runLoad(server.port, options.quick ? 300 : 5000, next)
    const series: Record<string, [requests: number, value: number][]> = {}
    const add = (name: string, requests: number, value: number) => {
      series[name] = [...(series[name] ?? []), [requests, value]]
    }
    for (let point = 1; point <= points; point++) {
      await runLoad(server.port, perPoint, next)
      const { heap, handles } = await server.memory()
      const requests = point * perPoint
      add('heap, MiB', requests, heap / MIB)
      add('resident memory, MiB', requests, server.residentBytes() / MIB)
      add('handles', requests, handles)
      add('write-ahead log, MiB', requests, statSync(`${file}-wal`).size / MIB)
    }
    for (const [name, values] of Object.entries(series)) {
      report.series.push({ name, points: values })
      checkTrend(report, name, values)
    }
    const log = Math.max(...(series['write-ahead log, MiB'] ?? []).map(([, value]) => value))
    report.check('soak: the largest write-ahead log', log, '<=', MAX_WAL_MIB, 'MiB')
  } finally {
    await server.stop()
  }
}

function checkTrend(
  report: BenchContext['report'],
  name: string,
  points: readonly (readonly [number, number])[],
): void {
  const { slope, error } = slopeOf(points)
  const mean = points.reduce((sum, [, value]) => sum + value, 0) / points.length
  const length = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0)
  report.note(
    `${name}: mean ${mean.toFixed(2)}, ${(slope * 10_000).toFixed(4)} ± ${(error * 10_000).toFixed(4)} per 10,000 requests`,
  )
  // What the run has added at least, as a share of the mean.
  const certain = Math.max(0, slope - CERTAIN * error) * length
  report.check(
    `soak: certain growth of ${name}, in this run`,
    certain / mean,
    '<=',
    MATTERS,
    'of the mean',
  )
}
