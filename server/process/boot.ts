import 'server-only'
import { randomUUID } from 'node:crypto'
import { type Config, provideInternalOrigin, provideLogMark, readConfig } from '@/config/read'
import { configWarnings } from '@/config/warnings'
import { prunePeriodically } from '@/db/prune'
import type { EpochMs } from '@/session/time'
import { type Services, services } from '../composition'
import { describeError } from '../http/error-description'
import { boundIntake } from '../intake/bounds'
import { watchHttpServers } from '../intake/http-servers'
import { watchTheFront } from '../intake/request-normalizer'
import { report } from '../telemetry/log'
import { logPrintedLines } from '../telemetry/printed-lines'
import { watchUnderWay } from './active-requests'
import { type ListenAddress, requireFreePort } from './free-port'
import { openInnerDoor } from './loopback-listener'
import { endGracefully } from './shutdown'
import { reportConfigWarning, reportStartFailure } from './start-report'

const PRUNE_EVERY_MS = 60_000
const PRUNE_BATCH = 100

/** What a process needs before it serves. */
interface Prepared extends Services {
  readonly stopTracing: (() => Promise<void>) | null
}

const slot = globalThis as { rekindlePrepared?: Promise<Prepared> }

/**
 * Checks the configuration and opens and migrates the database, once a process. A server that cannot keep its promise does not
 * start: it says in one line what is wrong, and ends. `scripts/serve.mjs` has this done before Next.js listens and says that
 * it is ready, and asks with `address` whether it can listen there at all; started otherwise, a server comes to it after that.
 */
export async function prepare(address?: ListenAddress): Promise<Prepared> {
  try {
    slot.rekindlePrepared ??= prepareOnce(address)
    return await slot.rekindlePrepared
  } catch (error) {
    reportStartFailure(error)
    process.exit(1)
  }
}

async function prepareOnce(address: ListenAddress | undefined): Promise<Prepared> {
  for (const warning of configWarnings()) reportConfigWarning(warning)
  const config = readConfig()
  if (address) await requireFreePort(address)
  // `next dev` has an upgrade of its own, and a platform a server.
  if (config.shutdown !== null) watchHttpServers((server) => boundIntake(server))
  let clock: (() => EpochMs) | null = null
  watchTheFront(config, () => clock?.() ?? null)
  const stopTracing = config.tracing
    ? await (await import('../telemetry/tracing')).startTracing(config.tracing)
    : null
  const composed = await services()
  clock = composed.clock
  return { ...composed, stopTracing }
}

/**
 * Prepares, keeps the database small from then on, and arranges for an orderly end. Where instances come and go as a
 * platform likes, pruning is left to its cron (`/api/cron/prune`), and the end to the platform.
 */
export async function boot(): Promise<void> {
  const { config, database, clock, stopTracing } = await prepare()
  if (config.shutdown !== null) takeOverPrinting()
  try {
    const stopping = new AbortController()
    const { signal } = stopping
    const stop = () => {
      report('stopping')
      stopping.abort()
    }
    const finish = async () => stopTracing?.()
    const close = () => void database.close()
    await arrangeTheEnd(config, { stop, finish, close })
    const failed = (error: unknown) => report('prune_failed', { error: describeError(error) })
    if (config.isLongLived) {
      const often = { everyMs: PRUNE_EVERY_MS, batch: PRUNE_BATCH }
      prunePeriodically(database, { ...often, signal, now: clock, failed })
    }
    report('started')
  } catch (error) {
    reportStartFailure(error)
    process.exit(1)
  }
}

/** From here on, so that what Next.js says of its start stays as people know it. `next dev` prints for people all the time. */
function takeOverPrinting(): void {
  const mark = `${randomUUID()}:`
  provideLogMark(mark)
  logPrintedLines(mark)
}

async function arrangeTheEnd(
  { shutdown, internalOrigin }: Config,
  ending: { stop(): void; finish(): Promise<void>; close(): void },
): Promise<void> {
  if (shutdown === null) {
    process.once('SIGTERM', () => {
      ending.stop()
      void ending.finish()
    })
    return
  }
  const underWay = watchUnderWay()
  provideInternalOrigin(await openInnerDoor(underWay, internalOrigin))
  endGracefully({ underWay, shutdown, ...ending })
}
