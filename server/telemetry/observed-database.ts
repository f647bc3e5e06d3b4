import 'server-only'
import type { Database } from '@/db/database'
import { SessionError } from '@/session/errors'
import { observePasswords, observeSessions } from '../auth/session/observed-events'
import { describeError } from '../http/error-description'
import { report } from './log'
import { metrics } from './metrics'

/** How long no verb may fail before an outage counts as over. */
const RECOVERED_AFTER_MS = 1000

type Verb = (...args: never[]) => Promise<unknown>

/** Wraps a database so that its verbs are timed and its failures are counted and logged. */
export function observeDatabase(database: Database): Database {
  const outage = createOutageLog()
  const watch = <T extends Verb>(verb: string, run: T): T =>
    (async (...args: Parameters<T>) => {
      const from = performance.now()
      try {
        const result = await run(...args)
        outage.answered()
        return result
      } catch (error) {
        metrics().verbErrors.inc({ verb })
        outage.failed(verb, error)
        throw error
      } finally {
        metrics().verbSeconds.observe({ verb }, (performance.now() - from) / 1000)
      }
    }) as T
  /** Watches each verb of a port. */
  const watchAll = <T extends object>(port: string, verbs: T): T =>
    Object.fromEntries(
      Object.entries(verbs).map(([name, run]) => [name, watch(`${port}.${name}`, run.bind(verbs))]),
    ) as T

  return {
    ...database,
    sessions: observeSessions(watchAll('sessions', database.sessions)),
    users: observePasswords(watchAll('users', database.users)),
    ping: watch('ping', database.ping),
    now: watch('now', database.now),
    prune: observePrune(watch('prune', database.prune)),
  }
}

function observePrune(prune: Database['prune']): Database['prune'] {
  return async (now, batch) => {
    const { prunedRows, pruneFailures, prunedAt } = metrics()
    try {
      const rows = await prune(now, batch)
      prunedRows.inc(rows)
      prunedAt.setToCurrentTime()
      return rows
    } catch (error) {
      pruneFailures.inc()
      throw error
    }
  }
}

/** Logs once when the database stops answering, and once when it answers again, however many requests fail. */
function createOutageLog() {
  let since: number | null = null
  let lastFailure = 0
  return {
    failed(verb: string, error: unknown) {
      if (!(error instanceof SessionError) || error.code !== 'unavailable') return
      lastFailure = performance.now()
      if (since !== null) return
      since = lastFailure
      report('database_unavailable', { verb, error: describeError(error.cause ?? error) })
    },
    answered() {
      if (since === null || performance.now() - lastFailure < RECOVERED_AFTER_MS) return
      report('database_recovered', { outageMs: Math.round(lastFailure - since) })
      since = null
    },
  }
}
