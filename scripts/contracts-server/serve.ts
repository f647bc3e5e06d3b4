import cluster from 'node:cluster'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import nextEnv from '@next/env'
import { ensureSecrets } from '../support/secrets.mjs'
import { createListener } from './listener'
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
    shutdownTimeoutMs: shutdown?.timeoutMs ?? 0,
    ready: (at) => console.log(`Contracts are served at port ${at} by ${processes} processes`),
  })
}

async function serve({ port, hostname, metricsTimeoutMs }: Options): Promise<void> {
  const { boot, prepare } = await import('@/server/process/boot')
  const { answer } = await import('./answer')
  // Processes share one port, so only a process of its own can find out whether it is free.
  await prepare(cluster.isPrimary ? { port, hostname } : undefined)
  if (cluster.isWorker) (await import('./shared-metrics')).shareMetrics(metricsTimeoutMs)
  const server = createServer(createListener(answer))
  await listen()
  const { port: own } = server.address() as AddressInfo
  if (cluster.isPrimary) console.log(`Contracts are served at port ${own}`)
  await boot(server)
  if (cluster.isWorker) (await import('./processes')).reportReady(own)

  async function listen(): Promise<void> {
    const { reportStartFailure } = await import('@/server/process/start-report')
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen({ port, host: hostname }, resolve)
      })
    } catch (error) {
      reportStartFailure(error)
      process.exit(1)
    }
  }
}
