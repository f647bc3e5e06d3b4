import 'server-only'
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type Config, provideInternalOrigin, provideLogMark, readConfig } from '@/config/read'
import { configWarnings } from '@/config/warnings'
import { prunePeriodically } from '@/db/prune'
import type { EpochMs } from '@/session/time'
import { type Services, services } from '../composition'
import { describeError } from '../http/error-description'
import { type Ahead, boundIntake } from '../intake/bounds'
import { watchHttpServers } from '../intake/http-servers'
import { normalizeIncomingRequests } from '../intake/request-normalizer'
import { report } from '../telemetry/log'
import { logPrintedLines } from '../telemetry/printed-lines'
import { trackActiveRequests } from './active-requests'
import { type ListenAddress, requireFreeAddress } from './listen-address'
import { openLoopbackListener } from './loopback-listener'
import { type ShutdownParts, shutDownOnSignal } from './shutdown'
import { reportConfigWarning, reportStartFailure } from './start-report'

const PRUNE_EVERY_MS = 60_000
const PRUNE_BATCH = 100

/** What a process needs before it serves. `stopTracing` is null if no traces are configured. */
interface Prepared extends Services {
  readonly stopTracing: (() => Promise<void>) | null
}

const slot = globalThis as { rekindlePrepared?: Promise<Prepared> }

/**
 * Checks the configuration, then opens and migrates the database, once in each process. If that fails, it reports the reason in
 * one line and exits with 1. `scripts/serve.mjs` calls this before Next.js listens, but for `next dev`, with the `address` to check as well. A
 * server that is started otherwise runs it in `boot`, after Next.js listens. `ahead` answers requests in the place of Next.js.
 */
export async function prepare(address?: ListenAddress, ahead?: Ahead): Promise<Prepared> {
  try {
    slot.rekindlePrepared ??= prepareOnce(address, ahead)
    return await slot.rekindlePrepared
  } catch (error) {
    reportStartFailure(error)
    process.exit(1)
  }
}

/**
 * Checks the configuration and that the `address` is free, for processes that will share it. If they are not, it reports the
 * reason in one line and exits with 1.
 */
export async function checkStart(address: ListenAddress): Promise<Config> {
  try {
    return await readForStart(address)
  } catch (error) {
    reportStartFailure(error)
    process.exit(1)
  }
}

async function readForStart(address: ListenAddress | undefined): Promise<Config> {
  const config = readConfig()
  if (address) await requireFreeAddress(address)
  return config
}

async function prepareOnce(
  address: ListenAddress | undefined,
  ahead: Ahead | undefined,
): Promise<Prepared> {
  for (const warning of configWarnings()) reportConfigWarning(warning)
  const config = await readForStart(address)
  // `next dev` handles upgrades itself, and a serverless platform has its own HTTP server.
  if (config.shutdown !== null) watchHttpServers((server) => boundIntake(server, undefined, ahead))
  let clock: (() => EpochMs) | null = null
  normalizeIncomingRequests(config, () => clock?.() ?? null)
  const stopTracing = config.tracing
    ? await (await import('../telemetry/tracing')).startTracing(config.tracing)
    : null
  const composed = await services()
  clock = composed.clock
  return { ...composed, stopTracing }
}

/**
 * Prepares the server, starts periodic pruning and sets up an orderly shutdown. On a serverless platform, the platform's cron
 * prunes (`/api/cron/prune`) and the platform ends the process. If the start fails, it reports the reason and exits with 1.
 * `server` is the HTTP server to close, where Next.js has none. `lastConnection` resolves once that server gets no new
 * connection, where another process accepts them.
 */
export async function boot(
  server: Server | null = null,
  lastConnection: Promise<void> | null = null,
): Promise<void> {
  const { config, database, clock, lab, stopTracing } = await prepare()
  if (config.shutdown !== null) captureOutput()
  try {
    const stopping = new AbortController()
    const { signal } = stopping
    const stop = () => {
      report('stopping')
      stopping.abort()
    }
    const finish = async () => stopTracing?.()
    const close = () => void database.close()
    await setUpShutdown(config, { server, lastConnection, stop, finish, close })
    const failed = (error: unknown) => report('prune_failed', { error: describeError(error) })
    if (config.isLongLived) {
      const often = { everyMs: PRUNE_EVERY_MS, batch: PRUNE_BATCH }
      prunePeriodically(database, { ...often, signal, now: clock, failed })
      if (lab) prunePeriodically(lab.leftovers, { ...often, signal, now: clock, failed })
    }
    report('started')
  } catch (error) {
    reportStartFailure(error)
    process.exit(1)
  }
}

/**
 * Sends what is printed to the log. It runs after Next.js has printed its start message, which people expect as it is, and not
 * under `next dev`, which prints for people all the time.
 */
function captureOutput(): void {
  const mark = `${randomUUID()}:`
  provideLogMark(mark)
  logPrintedLines(mark)
}

async function setUpShutdown(
  { shutdown, internalOrigin }: Config,
  steps: Pick<ShutdownParts, 'server' | 'lastConnection' | 'stop' | 'finish' | 'close'>,
): Promise<void> {
  if (shutdown === null) {
    process.once('SIGTERM', () => {
      steps.stop()
      void steps.finish()
    })
    return
  }
  const requests = trackActiveRequests()
  provideInternalOrigin(await openLoopbackListener(requests, internalOrigin))
  shutDownOnSignal({ requests, shutdown, ...steps })
}
