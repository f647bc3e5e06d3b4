import 'server-only'
import { readConfig } from '@/config'
import { prunePeriodically } from '@/db/prune'
import { watchTheFront } from './front'
import { rekindle } from './sessions'

const PRUNE_EVERY_MS = 60_000
const PRUNE_BATCH = 100

/**
 * Checks the configuration, opens and migrates the database, and keeps it small from then on. A server that cannot keep
 * its promise does not start: it says what is wrong and ends.
 */
export async function boot(): Promise<void> {
  try {
    watchTheFront(readConfig())
    const { database } = await rekindle()
    const stopping = new AbortController()
    process.once('SIGTERM', () => stopping.abort())
    const { signal } = stopping
    prunePeriodically(database, { everyMs: PRUNE_EVERY_MS, batch: PRUNE_BATCH, signal })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
