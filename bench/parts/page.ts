import { join } from 'node:path'
import { buildPeer, installPeers } from '../builds'
import type { BenchContext } from '../context'
import { makeJars, pageWith, pageWithAccess, rotating } from '../jars'
import { fetchOnce } from '../load'
import { PAGE_PEERS, startCloud, startPeer } from '../peers'
import { rekindleServers } from '../rekindle'
import { type Measured, measureRounds, roundsOf, type Variant } from '../rounds'
import { type BenchServer, startNext } from '../server'
import { median, ratio } from '../statistics'

const SESSIONS = 1000
const PATH = '/bench'
const READY = '/api/health/ready'
/** How much the pages of two variants may differ in size, nonces apart. */
const MAX_SIZE_DIFFERENCE = 0.05

/**
 * Measures a page with a good token: a bare one, behind middleware that does nothing, Rekindle's, and the peers'. Rekindle's is
 * refreshed on the way, too, and both are measured with either gate.
 */
export async function measurePages(context: BenchContext): Promise<void> {
  const { options, report, folder } = context
  installPeers()
  const servers: BenchServer[] = []
  const started = async <T extends { server: BenchServer }>(variant: Promise<T>): Promise<T> => {
    const ready = await variant
    servers.push(ready.server)
    ready.server.freeze()
    return ready
  }
  try {
    const cloud = await startCloud(join(folder, 'key.json'))
    servers.push(cloud)
    const bare = async (name: string, app: string): Promise<Variant & { server: BenchServer }> => ({
      name,
      server: await startNext(buildPeer(app), {}, { ready: PATH, packages: '../..' }),
      next: pageWith(['none=1'], PATH),
    })
    const variants: Variant[] = [
      await started(bare(BARE, 'bare')),
      await started(bare(IDLE, 'idle-middleware')),
      await started(bare('a proxy that does nothing', 'idle-proxy')),
    ]
    for (const { name, server, env, counted } of await rekindleServers(context, [
      'sqlite',
      'postgres',
    ])) {
      await started(Promise.resolve({ server }))
      const jars = await makeJars(SESSIONS, env)
      variants.push({ name, server, next: pageWithAccess(jars, PATH) })
      if (name !== SQLITE) continue
      variants.push({ name: REFRESHED, server, next: rotating(jars, 'GET', PATH), count: counted })
      // Its session is checked by the page alone.
      const idle = await startNext(context.build('idle'), env, { ready: READY })
      await started(Promise.resolve({ server: idle }))
      const more = await makeJars(SESSIONS, env)
      variants.push({ name: UNGATED, server: idle, next: pageWithAccess(more, PATH) })
      const inProcess = await startNext(context.build('in-process'), env, { ready: READY })
      await started(Promise.resolve({ server: inProcess }))
      const own = await makeJars(SESSIONS, env)
      const refreshing = rotating(own, 'GET', PATH)
      variants.push(
        { name: IN_PROCESS, server: inProcess, next: pageWithAccess(own, PATH) },
        { name: REFRESHED_IN_PROCESS, server: inProcess, next: refreshing, count: counted },
      )
    }
    for (const peer of PAGE_PEERS) {
      variants.push(await started(startPeer(peer, { sessions: SESSIONS, folder, cloud })))
    }
    await comparePages(variants, report)
    const results = await measureRounds(variants, roundsOf(options))
    report.rounds(results)
    compare(results, report)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

const BARE = 'a bare page'
const IDLE = 'middleware that does nothing'
const SQLITE = 'Rekindle, SQLite'
const POSTGRES = 'Rekindle, PostgreSQL'
const UNGATED = 'Rekindle, its middleware replaced'
const REFRESHED = 'Rekindle, refreshed on the way'
const IN_PROCESS = 'Rekindle, its gate in process'
const REFRESHED_IN_PROCESS = 'Rekindle, refreshed in process'

/** Reports the size of each page. Throws if a page does not greet its user, or has another size than the others. */
async function comparePages(
  variants: readonly Variant[],
  report: BenchContext['report'],
): Promise<void> {
  const sizes: number[] = []
  for (const { name, server, next } of variants) {
    server.wake()
    const html = await fetchOnce(server.port, next(0))
    server.freeze()
    if (!/Hello, (<!-- -->)?user-\d{4}/.test(html))
      throw new Error(`${name} does not greet its user`)
    // Rekindle's content security policy marks each script with a nonce.
    const bare = html.replaceAll(/(\\")?\s?nonce(\\":\\"|=")[\w=]+\\?"/g, '')
    sizes.push(bare.length)
    report.value(name, 'size of the page', 'bytes', html.length)
  }
  if (Math.max(...sizes) / Math.min(...sizes) > 1 + MAX_SIZE_DIFFERENCE) {
    throw new Error(`the pages have different sizes: ${sizes.join(', ')} bytes`)
  }
}

function compare(results: ReadonlyMap<string, Measured>, report: BenchContext['report']): void {
  const speed = (name: string) => results.get(name)?.requestsPerSecond ?? []
  const cpu = (name: string) => results.get(name)?.cpuMs ?? []
  const peers = PAGE_PEERS.map(({ name }) => name)
  const [best = ''] = peers.sort((a, b) => median(speed(b)) - median(speed(a)))
  report.check('page / middleware that does nothing', ratio(speed(SQLITE), speed(IDLE)), '>=', 0.92)
  report.check(`page / the best peer (${best})`, ratio(speed(SQLITE), speed(best)), '>=', 1.25)
  report.check(
    'CPU of a page, refreshed on the way / not, gate on the Edge',
    ratio(cpu(REFRESHED), cpu(SQLITE)),
    '<=',
    1.6,
  )
  report.check(
    'CPU of a page, refreshed on the way / not, gate in process',
    ratio(cpu(REFRESHED_IN_PROCESS), cpu(IN_PROCESS)),
    '<=',
    1.2,
  )
  // What no page with a session can exceed.
  const ceiling = ratio(speed(BARE), speed(best))
  report.value(`a bare page / the best peer (${best})`, 'ratio of speeds', '×', ceiling)
  for (const name of [BARE, IDLE, UNGATED, IN_PROCESS, POSTGRES, ...peers]) {
    report.value(`page / ${name}`, 'ratio of speeds', '×', ratio(speed(SQLITE), speed(name)))
    // The other way round, so that more is better here, too. Load from outside distorts it less.
    report.value(`page / ${name}`, 'ratio by CPU', '×', ratio(cpu(name), cpu(SQLITE)))
  }
}
