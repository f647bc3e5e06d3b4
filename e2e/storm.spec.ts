import { expect, test } from './fixtures'
import { startFleet } from './fleet'
import { type JarReport, type StormOptions, storm } from './storm'

const SEED = Number(process.env.STORM_SEED ?? 20_261_124)
const FULL: StormOptions = {
  ...{ jars: 500, bursts: 8, atOnce: 5, everyMs: 25_000, graceMs: 5000, seed: SEED },
}
const SMALL: StormOptions = {
  ...{ jars: 30, bursts: 4, atOnce: 10, everyMs: 7000, graceMs: 2000, seed: SEED },
}
const options = process.env.STORM === 'full' ? FULL : SMALL
const { jars, bursts, atOnce, everyMs, graceMs, seed } = options

test(`F4 F6 a storm of ${jars} jars with ${bursts * atOnce} requests each across expiry, on three machines with clocks of their own, with answers lost and late: nobody is signed out, and each generation is made once`, async () => {
  test.setTimeout(2 * (bursts + 2) * everyMs + 120_000)
  const server = await startFleet({
    asksItself: true,
    skewed: true,
    env: {
      ACCESS_TOKEN_TTL: `${(everyMs - graceMs) / 1000 - 1}`,
      REFRESH_GRACE: `${graceMs / 1000}`,
      REFRESH_LEEWAY: '0',
    },
  })
  try {
    const report = await storm(server, options)
    const rows = new Map(server.sql.all<Row>('SELECT * FROM sessions').map((row) => [row.id, row]))
    const differences = report.jars.map(({ minted, expected }) => minted.length - expected)
    console.log(
      `seed ${seed}: ${JSON.stringify(report.outcomes)} in ${report.seconds.toFixed(0)} s; ${report.dropped} answers dropped, ${report.delayed} delayed; by machine ${[...report.machines.values()]}; rotations ${sum(report.jars.map(({ minted }) => minted.length))}, expected ${sum(report.jars.map(({ expected }) => expected))}, off by at most ${Math.max(...differences.map(Math.abs))} in a jar`,
    )
    const { outcomes } = report
    expect(outcomes['signed out']).toBe(0)
    expect(outcomes.served).toBeGreaterThan(0.85 * jars * bursts * atOnce)
    for (const jar of report.jars) {
      expect(rows.get(jar.sessionId)?.revoked_at).toBeNull()
      expectEachOnce(jar)
    }
    expect(server.sql.all("SELECT * FROM session_events WHERE kind = 'reuse_detected'")).toEqual([])
    expect(Math.max(...differences.map(Math.abs))).toBeLessThanOrEqual(1)
    expect(report.machines.size).toBe(3)
  } finally {
    await server.stop()
  }
})

interface Row {
  readonly id: string
  readonly revoked_at: number | null
}

/** No position is issued twice, and a generation only as often again as it was lost. */
function expectEachOnce({ minted, lost }: JarReport): void {
  const positions = minted.map(({ generation, branch }) => `${generation}.${branch}`)
  expect(new Set(positions).size).toBe(positions.length)
  const issued = new Map<number, number>()
  for (const { generation } of minted) issued.set(generation, (issued.get(generation) ?? 0) + 1)
  for (const [generation, times] of issued) {
    expect(times).toBeLessThanOrEqual(1 + (lost.get(generation) ?? 0))
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
