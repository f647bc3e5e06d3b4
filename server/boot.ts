import 'server-only'
import { readConfig } from '@/config'
import { prunePeriodically } from '@/db/prune'
import { describeError } from './error-description'
import { watchTheFront } from './front'
import { report } from './log'
import { rekindle } from './sessions'

const PRUNE_EVERY_MS = 60_000
const PRUNE_BATCH = 100

/**
 * Checks the configuration, opens and migrates the database, and keeps it small from then on. A server that cannot keep
 * its promise does not start: it says what is wrong and ends.
 */
export async function boot(): Promise<void> {
  try {
    const config = readConfig()
    watchTheFront(config)
    const stopTracing = config.tracing && (await import('./tracing')).startTracing(config.tracing)
    const { database, clock } = await rekindle()
    const stopping = new AbortController()
    process.once('SIGTERM', () => {
      report('stopping')
      stopping.abort()
      void stopTracing?.()
    })
    const { signal } = stopping
    const failed = (error: unknown) => report('prune_failed', { error: describeError(error) })
    const often = { everyMs: PRUNE_EVERY_MS, batch: PRUNE_BATCH }
    prunePeriodically(database, { ...often, signal, now: clock, failed })
    report('started')
  } catch (error) {
    report('start_failed', { error: describeError(error) })
    process.exit(1)
  }
}
