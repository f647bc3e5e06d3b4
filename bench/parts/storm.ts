import { join } from 'node:path'
import type { BenchContext } from '../context'
import { makeJars, pageWithAccess, rekindleEnvironment } from '../jars'
import { type LoadRequest, runLoad } from '../load'
import { sqliteRotations } from '../rekindle'
import { startNext } from '../server'
import { spread } from '../statistics'

const TABS = 8
const CONNECTIONS = 64
/** What a busy machine takes longer for is measured, not refused. */
const PATIENT = { REFRESH_TIMEOUT: '2m', DATABASE_TIMEOUT: '1m' }
/** How long ago the clients signed in: long enough for their refresh tokens to be rotated. */
const AGO_MS = 15 * 60_000

/**
 * A storm: the access tokens of many clients expire at once, and each client requests eight pages at the same time with its one
 * refresh token. All must be served, with one rotation a client.
 */
export async function measureStorm({
  options,
  report,
  folder,
  build,
}: BenchContext): Promise<void> {
  const [rounds, clients] = options.quick ? [3, 40] : [9, 250]
  const file = join(folder, 'storm.db')
  const env = { ...rekindleEnvironment(`file:${file}`), REFRESH_GRACE: '30s', ...PATIENT }
  const server = await startNext(build('product'), env, { ready: '/api/health/ready' })
  try {
    const calm = pageWithAccess(await makeJars(clients, env), '/bench')
    const count = clients * TABS
    await runLoad(server.port, options.quick ? 300 : 5000, calm, CONNECTIONS)
    const measured: Record<'calm' | 'storm', Record<'rates' | 'p50' | 'p99' | 'cpu', number[]>> = {
      calm: { rates: [], p50: [], p99: [], cpu: [] },
      storm: { rates: [], p50: [], p99: [], cpu: [] },
    }
    const run = async (kind: 'calm' | 'storm', next: (index: number) => LoadRequest) => {
      const cpu = server.cpuSeconds()
      const { requestsPerSecond, p50, p99 } = await runLoad(server.port, count, next, CONNECTIONS)
      measured[kind].rates.push(requestsPerSecond)
      measured[kind].p50.push(p50)
      measured[kind].p99.push(p99)
      measured[kind].cpu.push(((server.cpuSeconds() - cpu) * 1000) / count)
    }
    for (let round = 0; round < rounds; round++) {
      const jars = await makeJars(clients, env, AGO_MS)
      await run('calm', calm)
      const rotations = sqliteRotations(file)
      // Eight requests in a row have the same token, so that they are under way at the same time.
      await run('storm', (index) => ({
        method: 'GET',
        path: '/bench',
        cookie: `refresh_token=${jars[Math.floor(index / TABS) % jars.length]?.refresh}`,
      }))
      const done = sqliteRotations(file) - rotations
      if (done !== clients) throw new Error(`${done} rotations of ${clients} clients`)
    }
    for (const kind of ['calm', 'storm'] as const) {
      const { rates, p50, p99, cpu } = measured[kind]
      const name = kind === 'calm' ? 'pages with good tokens' : 'pages, all tokens expired'
      report.value(name, 'speed', 'requests/s', spread(rates))
      report.value(name, 'CPU a request', 'ms', spread(cpu))
      report.value(name, 'latency, median', 'ms', spread(p50))
      report.value(name, 'latency, 99th percentile', 'ms', spread(p99))
    }
  } finally {
    await server.stop()
  }
}
