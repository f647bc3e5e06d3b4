import cluster from 'node:cluster'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { getRequestListener } from '@hono/node-server'
import nextEnv from '@next/env'
import { z } from 'zod'
import { listenHostname } from '../support/listen-hostname.mjs'
import { ensureSecrets } from '../support/secrets.mjs'
import { runPrimary, shareMetrics } from './processes'

// Serves the contracts without Next.js: npm run serve:contracts -- [-p port] [-H hostname] [--processes n]
Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV || 'production' })
nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error })

const parsed = z
  .object({
    port: z.coerce.number({ error: '--port must be a port number' }).int().min(0).max(65_535),
    hostname: z.string().optional(),
    processes: z.coerce
      .number({ error: '--processes must be a number' })
      .int({ error: '--processes must be a number' })
      .min(1, { error: '--processes must be from 1 to 64' })
      .max(64, { error: '--processes must be from 1 to 64' }),
  })
  .safeParse({ port: process.env.PORT || 3001, processes: 1, ...options() })
if (!parsed.success) fail(parsed.error.issues.map(({ message }) => message).join('; '))
const { port, processes, hostname = listenHostname(process.env) } = parsed.data

if (cluster.isPrimary && processes > 1) {
  ensureSecrets()
  await runPrimary(processes)
} else {
  await serve()
}

async function serve(): Promise<void> {
  if (cluster.isPrimary) ensureSecrets()
  // They read the environment when they are loaded, so they come after it.
  const { boot, prepare } = await import('@/server/process/boot')
  const { answer } = await import('./answer')
  // Processes share one port, so only a process of its own can find out whether it is free.
  await prepare(cluster.isPrimary ? { port, hostname } : undefined)
  if (cluster.isWorker) shareMetrics()
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host: hostname }, resolve)
  })
  console.log(`Contracts are served at port ${port}`)
  await boot(server)
}

function options() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', short: 'p' },
        hostname: { type: 'string', short: 'H' },
        processes: { type: 'string' },
      },
    }).values
  } catch (error) {
    return fail((error as Error).message)
  }
}

function fail(reason: string): never {
  console.error(`Rekindle cannot start: ${reason}`)
  process.exit(1)
}
