import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPeer, installPeers } from '../builds'
import type { BenchContext } from '../context'
import { makeJars, pageWith, pageWithAccess, rotating } from '../jars'
import { type LoadRequest, runLoad } from '../load'
import { contractsServer, rekindleServers } from '../rekindle'
import { type BenchServer, startNext } from '../server'
import { measurePieces } from './pieces'

/** A CPU profile as V8 writes it. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

const LARGEST = 14

/**
 * Where the time of a request goes, by package and room: the share of each in a CPU profile, of the CPU that a request takes
 * without one. Code that was bundled cannot be told apart further than by its bundle.
 */
export async function measureProfiles(context: BenchContext): Promise<void> {
  const { options, report, folder } = context
  await measurePieces(context)
  installPeers()
  const [warmUp, count] = options.quick ? [300, 500] : [4000, 3000]
  const measure = async (name: string, server: BenchServer, next: (n: number) => LoadRequest) => {
    await runLoad(server.port, warmUp, next)
    const before = server.cpuSeconds()
    await runLoad(server.port, count, next)
    const cpu = ((server.cpuSeconds() - before) * 1e6) / count
    const file = join(folder, `${name.replaceAll(/\W+/g, '-')}.cpuprofile`)
    await server.profile(file, () => runLoad(server.port, count, next))
    report.value(name, 'all of it', 'µs of CPU a request', cpu)
    const shares = sharesOf(JSON.parse(readFileSync(file, 'utf8')))
    for (const [where, share] of shares.slice(0, LARGEST)) {
      report.value(name, where, 'µs of CPU a request', share * cpu)
    }
  }

  const plain = await contractsServer(context, 'sqlite', { probe: true })
  const more = await makeJars(1000, plain.env)
  const refresh = rotating(more, 'POST', '/api/auth/refresh')
  await measure('Rekindle without Next: a refresh', plain.server, refresh)
  await plain.server.stop()

  const peer = { ready: '/bench', packages: '../..', probe: true }
  const bare = await startNext(buildPeer('bare'), {}, peer)
  await measure('a bare page', bare, pageWith(['none=1'], '/bench'))
  await measure('constant JSON', bare, () => ({ method: 'POST', path: '/api/constant' }))
  await bare.stop()
  const idle = await startNext(buildPeer('idle-middleware'), {}, peer)
  await measure('a page behind idle middleware', idle, pageWith(['none=1'], '/bench'))
  await idle.stop()

  const [rekindle] = await rekindleServers(context, ['sqlite'], true)
  if (!rekindle) throw new Error('no server was started')
  const jars = await makeJars(1000, rekindle.env)
  const { server } = rekindle
  await measure('Rekindle: a page', server, pageWithAccess(jars, '/bench'))
  await measure('Rekindle: a refresh', server, rotating(jars, 'POST', '/api/auth/refresh'))
  await measure('Rekindle: a page that refreshes', server, rotating(jars, 'GET', '/bench'))
  await server.stop()
}

/**
 * The share of the busy time that was spent in each place, largest first. What Node.js and native code do is counted where they
 * were called from.
 */
function sharesOf({ nodes, samples, timeDeltas }: Profile): [place: string, share: number][] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const callers = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  )
  const placeOf = (node: number) => {
    if (frames.get(node)?.functionName === '(idle)') return null
    if (frames.get(node)?.functionName === '(garbage collector)') return 'garbage collection'
    let isWebCrypto = false
    for (let at: number | undefined = node; at !== undefined; at = callers.get(at)) {
      const { functionName = '', url = '' } = frames.get(at) ?? {}
      isWebCrypto ||= url === 'node:internal/crypto/webcrypto'
      // Profiling itself.
      if (url.endsWith('/bench/probe.mjs')) return null
      const place = nameOf(url)
      if (place !== null) return isWebCrypto ? `Web Crypto, called by: ${place}` : place
      if (functionName === '(program)') return 'native code'
    }
    return 'Node.js: HTTP, streams, timers'
  }
  const spent = new Map<string, number>()
  for (const [at, node] of samples.entries()) {
    const place = placeOf(node)
    if (place !== null) spent.set(place, (spent.get(place) ?? 0) + (timeDeltas[at] ?? 0))
  }
  const all = [...spent.values()].reduce((sum, time) => sum + time, 0)
  return [...spent]
    .map(([place, time]): [string, number] => [place, time / all])
    .sort((a, b) => b[1] - a[1])
}

/** The package, room or bundle of a source file; null for Node.js itself. */
function nameOf(url: string): string | null {
  if (url === '' || url.startsWith('node:')) return null
  const [, name] = /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)(?!.*node_modules\/)/.exec(url) ?? []
  if (name === 'next') {
    if (/edge-runtime|sandbox/.test(url)) return 'next: the sandbox of the edge'
    return /app-(page|route)/.test(url) ? 'next: rendering, or running a route' : 'next: its server'
  }
  if (name !== undefined) return name
  if (/\/\.next\/server\/edge\//.test(url)) return 'middleware'
  if (/\/\.next\/.*chunks\/db_/.test(url)) return 'db, with Drizzle'
  if (/\/\.(next|contracts)\//.test(url)) return 'bundle of the server'
  return /\/(session|http|contracts|config|db|server|app|scripts)\//.exec(url)?.[1] ?? url
}
