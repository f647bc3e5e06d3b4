import { findFreePort } from '@/testing/free-port.mjs'
import { openProxy } from '@/testing/kit/proxy'
import { makeCertificate } from '../network/certificate'
import { type Nginx, startNginx } from '../network/nginx'
import { sharedCluster } from './cluster'
import { type AppProcess, appProcess, type Variables } from './process'
import { type AppServer, type ServerOptions, serve, testVariables } from './server'

const MACHINES = 3
/** By how many seconds each machine's clock is wrong. */
const SKEWS_SECONDS = [-5, 0, 5]
const FAKETIME = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketime.so.1`

export interface FleetOptions extends ServerOptions {
  readonly databaseUrl?: string
  /** Makes one machine's clock five seconds slow and another's five seconds fast. */
  readonly skewed?: boolean
  /** Makes middleware ask its own machine for a refresh, and not the next one behind nginx. */
  readonly asksItself?: boolean
  /** More lines for nginx's configuration. */
  readonly nginx?: string
}

/**
 * Three production servers on one database: browser → `front` → nginx, which terminates TLS and balances round robin → a
 * machine → `inner` → nginx → a machine's refresh route.
 */
export interface Fleet extends AppServer {
  readonly machines: readonly AppProcess[]
  readonly nginx: Nginx
  /** Adds machines that are not started and receive no traffic yet. They end with the fleet. */
  more(count: number, changed?: Variables): Promise<AppProcess[]>
}

export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const { env = {}, skewed = false, asksItself = false } = options
  const certificate = await makeCertificate()
  const [tlsPort = 0, plainPort = 0, ...ports] = await Promise.all(
    Array.from({ length: MACHINES + 2 }, findFreePort),
  )
  const nginx = await startNginx({
    machines: ports,
    tlsPort,
    plainPort,
    certificate,
    ...(options.nginx ? { extras: options.nginx } : {}),
  })
  const [front, inner] = await Promise.all([
    openProxy(tlsPort, { certificate }),
    openProxy(plainPort),
  ])
  const databaseUrl = options.databaseUrl ?? (await (await sharedCluster()).createDatabase())
  const variables = {
    ...testVariables(front.origin, databaseUrl),
    INTERNAL_ORIGIN: asksItself ? '' : inner.origin,
    TRUSTED_PROXY_HOPS: '1',
    ...env,
  }
  const machines = ports.map((port, index) =>
    appProcess(port, { ...variables, ...(skewed ? clockOff(SKEWS_SECONDS[index] ?? 0) : {}) }),
  )
  const cleanUp = async () => {
    await nginx.close()
    if (options.databaseUrl === undefined) await (await sharedCluster()).dropDatabase(databaseUrl)
  }
  const server = await serve({
    port: plainPort,
    direct: `https://localhost:${tlsPort}`,
    front,
    inner,
    variables,
    machines,
    cleanUp,
  })
  return {
    ...server,
    machines,
    nginx,
    async more(count, changed) {
      const found = await Promise.all(Array.from({ length: count }, findFreePort))
      const added = found.map((port) => appProcess(port, { ...variables, ...changed }))
      machines.push(...added)
      return added
    },
  }
}

/** Environment variables with which it is always this time for a process, in middleware too. The monotonic clock goes on. */
export function clockAt(time: Date): Record<string, string> {
  return {
    ...clockOff(1),
    TZ: 'UTC',
    FAKETIME: time.toISOString().slice(0, 19).replace('T', ' '),
  }
}

/** Environment variables that shift every clock of a process, in middleware too, except the monotonic one. */
export function clockOff(seconds: number): Record<string, string> {
  if (seconds === 0) return {}
  return {
    LD_PRELOAD: FAKETIME,
    FAKETIME: `${seconds > 0 ? '+' : ''}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  }
}
