import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@/testing/free-port.mjs'
import { openProxy } from '@/testing/kit/proxy'
import { startContractsNginx } from '../network/nginx'
import { sharedCluster } from './cluster'
import { type AppProcess, appProcess } from './process'
import { type AppServer, type ServerOptions, serve, testVariables } from './server'

export interface SplitOptions extends ServerOptions {
  readonly database?: 'sqlite' | 'postgres'
  /** How many processes serve the contracts. */
  readonly processes?: number
  /** Makes middleware ask its own process for a refresh, as it does without `INTERNAL_ORIGIN`. */
  readonly asksItself?: boolean
}

/**
 * Two programs on one database: browser → `front` → nginx with the documented file → the contracts from plain Node, or anything
 * else from Next.js, whose middleware asks `inner` → the contracts' refresh route.
 */
export interface SplitServer extends AppServer {
  readonly pages: AppProcess
  readonly contracts: AppProcess
}

export async function startSplitServer(options: SplitOptions = {}): Promise<SplitServer> {
  const { env = {}, database = 'sqlite', processes = 1, asksItself = false } = options
  const [pagesPort, contractsPort] = [await findFreePort(), await findFreePort()]
  const port = options.port ?? (await findFreePort())
  const nginx = await startContractsNginx({ port, pages: pagesPort, contracts: contractsPort })
  const [front, inner] = await Promise.all([openProxy(port), openProxy(contractsPort)])
  const opened = await (database === 'sqlite' ? openSqlite() : openPostgres())
  const variables = {
    ...testVariables(front.origin, opened.url),
    INTERNAL_ORIGIN: asksItself ? '' : inner.origin,
    ...env,
    // nginx is one more proxy than a test counts.
    TRUSTED_PROXY_HOPS: String(Number(env.TRUSTED_PROXY_HOPS ?? 0) + 1),
  }
  const pages = appProcess(pagesPort, variables)
  const contracts = appProcess(contractsPort, variables, {
    contracts: ['--processes', String(processes)],
  })
  const server = await serve({
    port,
    contractsPort,
    direct: `http://127.0.0.1:${port}`,
    front,
    inner,
    variables,
    machines: [pages, contracts],
    cleanUp: async () => {
      await Promise.all([nginx.close(), opened.remove()])
    },
  })
  return { ...server, pages, contracts }
}

async function openSqlite() {
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-e2e-'))
  return {
    url: `file:${join(directory, 'rekindle.db')}`,
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

async function openPostgres() {
  const cluster = await sharedCluster()
  const url = await cluster.createDatabase()
  return { url, remove: () => cluster.dropDatabase(url) }
}
