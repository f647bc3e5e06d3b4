import 'server-only'
import { type Config, provideInternalOrigin, readConfig } from '@/config'
import { prunePeriodically } from '@/db/prune'
import type { EpochMs } from '@/session/store'
import { describeError } from './error-description'
import { watchTheFront } from './front'
import { openInnerDoor } from './inner-door'
import { report } from './log'
import { rekindle } from './sessions'
import { endGracefully } from './shutdown'
import { watchUnderWay } from './under-way'

const PRUNE_EVERY_MS = 60_000
const PRUNE_BATCH = 100

/**
 * Checks the configuration, opens and migrates the database, keeps it small from then on, and arranges for an orderly end. A
 * server that cannot keep its promise does not start: it says what is wrong and ends. Where instances come and go as a
 * platform likes, pruning is left to its cron (`/api/cron/prune`), and the end to the platform.
 */
export async function boot(): Promise<void> {
  try {
    const config = readConfig()
    let clock: (() => EpochMs) | null = null
    watchTheFront(config, () => clock?.() ?? null)
    const stopTracing = config.tracing && (await import('./tracing')).startTracing(config.tracing)
    const { database, clock: agreedClock } = await rekindle()
    clock = agreedClock
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
      prunePeriodically(database, { ...often, signal, now: agreedClock, failed })
    }
    report('started')
  } catch (error) {
    report('start_failed', { error: describeError(error) })
    process.exit(1)
  }
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
