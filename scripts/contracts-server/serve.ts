import cluster from 'node:cluster'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import nextEnv from '@next/env'
import { createListener } from '@/server/intake/listener'
import { ensureSecrets } from '../support/secrets.mjs'
import { type Options, readOptions } from './options'

// Serves the contracts without Next.js:
// npm run serve:contracts -- [-p port] [-H hostname] [--processes n] [--metrics-timeout duration]

// It has no other mode: outside of production, `next dev` would take part in bounds and shutdown.
Object.assign(process.env, { NODE_ENV: 'production' })
const options = start()

if (cluster.isPrimary && options.processes > 1) await serveInProcesses(options)
else await serve(options)

function start(): Options {
  try {
    nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error })
    const read = readOptions(process.argv.slice(2), process.env)
    if (cluster.isPrimary) ensureSecrets()
    return read
  } catch (error) {
    console.error(`Rekindle cannot start: ${(error as Error).message}`)
    process.exit(1)
  }
}

/** Checks the configuration and the address once, so that a mistake is one line and not one of each process. */
async function serveInProcesses({ processes, port, hostname }: Options): Promise<void> {
  // They read the environment when they are loaded, so they come after it.
  const { checkStart } = await import('@/server/process/boot')
  const { runProcesses } = await import('./processes')
  const { shutdown } = await checkStart({ port, hostname })
  runProcesses({
    count: processes,
    address: { port, hostname },
    shutdown: shutdown ?? { delayMs: 0, timeoutMs: 0 },
    ready: (at) => console.log(`Contracts are served at port ${at} by ${processes} processes`),
  })
}

async function serve({ port, hostname, metricsTimeoutMs }: Options): Promise<void> {
  const { boot, prepare } = await import('@/server/process/boot')
  const { answer } = await import('./answer')
  await prepare(cluster.isPrimary ? { port, hostname } : undefined)
  const server = createServer(createListener(answer))
  if (cluster.isPrimary) {
    await listen(server, port, hostname)
    console.log(`Contracts are served at port ${(server.address() as AddressInfo).port}`)
    await boot(server)
  } else {
    const { receiveConnections } = await import('./connections')
    const { reportReady } = await import('./processes')
    const { shareMetrics } = await import('./shared-metrics')
    shareMetrics(metricsTimeoutMs)
    await boot(server, receiveConnections(server))
    reportReady()
  }
}

async function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  const { reportStartFailure } = await import('@/server/process/start-report')
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ port, host }, resolve)
    })
  } catch (error) {
    reportStartFailure(error)
    process.exit(1)
  }
}
