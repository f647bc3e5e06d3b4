import type { BenchContext } from '../context'
import { makeJars, pageWithAccess, rotating } from '../jars'
import { rekindleServers } from '../rekindle'
import { measureRounds, roundsOf, type Variant } from '../rounds'
import { type BenchServer, startNext } from '../server'
import { ratio } from '../statistics'

const SESSIONS = 1000
const PAGE = '/dashboard'

/**
 * Compares the product with itself: its dashboard with its gate on the Edge, in process and without it, and its refresh route with
 * one that returns a constant. It needs no peers. The bounds are wide, and are for finding out that something became slow.
 */
export async function measureSpeed(context: BenchContext): Promise<void> {
  const servers: BenchServer[] = []
  try {
    const [product] = await rekindleServers(context, ['sqlite'])
    if (!product) throw new Error('no server was started')
    const { server, env, counted } = product
    servers.push(server)
    const idle = await startNext(context.build('idle'), env, { ready: '/api/health/ready' })
    servers.push(idle)
    const inProcess = await startNext(context.build('in-process'), env, {
      ready: '/api/health/ready',
    })
    servers.push(inProcess)
    const jars = await makeJars(SESSIONS, env)
    const next = pageWithAccess(jars, PAGE)
    const variants: Variant[] = [
      { name: 'page, gated', server, next },
      { name: 'page, idle middleware', server: idle, next },
      {
        name: 'refresh route',
        server,
        next: rotating(jars, 'POST', '/api/auth/refresh'),
        count: counted,
      },
      {
        name: 'constant route',
        server,
        next: () => ({ method: 'POST', path: '/api/auth/constant' }),
      },
      {
        name: 'page, refreshed on the way',
        server,
        next: rotating(jars, 'GET', PAGE),
        count: counted,
      },
      { name: 'page, gated in process', server: inProcess, next },
      {
        name: 'page, refreshed in process',
        server: inProcess,
        next: rotating(jars, 'GET', PAGE),
        count: counted,
      },
    ]
    const results = await measureRounds(variants, roundsOf(context.options))
    context.report.rounds(results)
    const speed = (name: string) => results.get(name)?.requestsPerSecond ?? []
    const cpu = (name: string) => results.get(name)?.cpuMs ?? []
    const { report } = context
    const gated = ratio(speed('page, gated'), speed('page, idle middleware'))
    report.check('page, gated / idle', gated, '>=', 0.85)
    const refresh = ratio(speed('refresh route'), speed('constant route'))
    report.check('refresh / constant', refresh, '>=', 0.55)
    const refreshed = ratio(cpu('page, refreshed on the way'), cpu('page, gated'))
    report.check('CPU, refreshed / not', refreshed, '<=', 2.2)
    const within = ratio(cpu('page, refreshed in process'), cpu('page, gated in process'))
    report.check('CPU, refreshed / not, in process', within, '<=', 1.2)
  } finally {
    await Promise.all(servers.map((each) => each.stop()))
  }
}
