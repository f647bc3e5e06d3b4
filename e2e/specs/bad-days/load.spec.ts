import { type JarReport, type LoadOptions, runLoad } from '@/e2e/load/load'
import { expect, test } from '@/e2e/support/fixtures'
import { startFleet } from '@/e2e/support/server/fleet'

/** All bursts together stay within the two hours of `LOSS_TOLERANCE_MS`. */
const shared = { everyMs: 16 * 60_000, seed: Number(process.env.STORM_SEED ?? 20_261_124) }
const FULL: LoadOptions = { ...shared, jars: 500, bursts: 8, atOnce: 5, jarsAtOnce: 30 }
const SMALL: LoadOptions = { ...shared, jars: 60, bursts: 4, atOnce: 10, jarsAtOnce: 12 }
const options = process.env.STORM === 'full' ? FULL : SMALL
const { jars, bursts, atOnce, seed } = options

test(`A storm of ${jars} jars with ${bursts * atOnce} requests each across expiry, on three machines with clocks of their own, with answers lost and late: nobody is signed out, and each generation is made once`, {
  tag: ['@F4', '@F6'],
}, async () => {
  // Even on a slow machine a burst ends within grace, and more than three times grace passes before the next.
  const env = { REFRESH_GRACE: '5m' }
  const server = await startFleet({ asksItself: true, skewed: true, env })
  try {
    const report = await runLoad(server, options)
    const rows = new Map(server.sql.all<Row>('SELECT * FROM sessions').map((row) => [row.id, row]))
    const { outcomes, dropped, late, seconds, machines } = report
    const answers = sum([...machines.values()])
    console.log(
      `seed ${seed}: ${JSON.stringify(outcomes)}, ${(answers / seconds).toFixed(0)} answers a second; ${dropped} answers dropped, ${late} late; by machine ${[...machines.values()]}; refresh tokens issued ${sum(report.jars.map(({ minted }) => minted.length))}`,
    )
    expect(outcomes).toMatchObject({ 'signed out': 0, failed: 0, unavailable: 0 })
    expect(outcomes.served + outcomes.lost).toBe(jars * bursts * atOnce)
    expect(dropped).toBeGreaterThan(0)
    expect(late).toBeGreaterThan(0)
    for (const jar of report.jars) {
      expect(jar.afterwards).toBe('served')
      expect(rows.get(jar.sessionId)?.revoked_at).toBeNull()
      expectEachOnce(jar)
    }
    expect(server.sql.all("SELECT * FROM session_events WHERE kind = 'reuse_detected'")).toEqual([])
    expect(machines.size).toBe(3)
  } finally {
    await server.stop()
  }
})

interface Row {
  readonly id: string
  readonly revoked_at: number | null
}

/** Expects no position twice, no more reissues than losses, and exactly one refresh token for a burst with the current one. */
function expectEachOnce({ minted, lost, bursts }: JarReport): void {
  const positions = minted.map(({ generation, branch }) => `${generation}.${branch}`)
  expect(new Set(positions).size).toBe(positions.length)
  const issued = new Map<number, number>()
  for (const { generation } of minted) issued.set(generation, (issued.get(generation) ?? 0) + 1)
  for (const [generation, times] of issued) {
    expect(times).toBeLessThanOrEqual(1 + (lost.get(generation) ?? 0))
  }
  for (const { minted: count, heldCurrent } of bursts) {
    if (heldCurrent) expect(count).toBe(1)
    else expect(count).toBeLessThanOrEqual(1)
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
