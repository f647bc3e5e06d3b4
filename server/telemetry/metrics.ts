import 'server-only'
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'
import type { Database } from '@/db/database'
import type { SessionEventKind } from '@/session/session'

/** Buckets in seconds. A request takes milliseconds; past five seconds, a person has given up. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const EVENT_KINDS: readonly SessionEventKind[] = [
  ...(['signed_in', 'ended', 'reuse_detected', 'stale_challenged'] as const),
  ...(['replaced_token_refused', 'reissued', 'state_regression', 'password_changed'] as const),
]

/** The values of a process's metrics, as another process can add them up. */
export type MetricSamples = readonly MetricObjectWithValues<MetricValue<string>>[]

type Pool = ReturnType<NonNullable<Database['pool']>> | null

/** The metrics of a process, with its registry. */
export type Metrics = ReturnType<typeof createMetrics>

const slot = globalThis as { rekindleMetrics?: Metrics }

/** The metrics of this process. They are kept on `globalThis`, as Next.js loads this module once per bundle. */
export function metrics(): Metrics {
  slot.rekindleMetrics ??= createMetrics()
  return slot.rekindleMetrics
}

/** Creates the metrics. The value of a label is never taken from a request: each comes from a closed list. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  let watchesProcess = false
  let gather = () => registry.metrics()
  const made = {
    refreshes: new Counter({
      name: 'rekindle_refreshes_total',
      help: 'Refreshes by contract, by what the rotation policy decided (none: it was not asked) and by what was answered.',
      labelNames: ['contract', 'decision', 'outcome'] as const,
      registers,
    }),
    refreshSeconds: new Histogram({
      name: 'rekindle_refresh_duration_seconds',
      help: 'How long a refresh took, whatever was answered.',
      labelNames: ['contract'] as const,
      buckets: SECONDS,
      registers,
    }),
    checks: new Counter({
      name: 'rekindle_session_checks_total',
      help: 'Access tokens checked where data is read, by what came of it.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    events: new Counter({
      name: 'rekindle_session_events_total',
      help: 'What happened to sessions. The table of events keeps one a minute of a repeated kind, this counts each.',
      labelNames: ['kind'] as const,
      registers,
    }),
    signIns: new Counter({
      name: 'rekindle_sign_ins_total',
      help: 'Attempts to sign in with a password, by what came of it.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    throttled: new Counter({
      name: 'rekindle_throttled_requests_total',
      help: 'Requests refused by a limit.',
      labelNames: ['limit'] as const,
      registers,
    }),
    responses: new Counter({
      name: 'rekindle_http_responses_total',
      help: 'Answers of the server by the class of their status. A page that Edge middleware refreshed counts its call, too.',
      labelNames: ['status'] as const,
      registers,
    }),
    verbSeconds: new Histogram({
      name: 'rekindle_database_verb_duration_seconds',
      help: 'How long a verb of the database took, waiting for locks and connections included.',
      labelNames: ['verb'] as const,
      buckets: SECONDS,
      registers,
    }),
    verbErrors: new Counter({
      name: 'rekindle_database_errors_total',
      help: 'Verbs of the database that failed.',
      labelNames: ['verb'] as const,
      registers,
    }),
    poolConnections: new Gauge({
      name: 'rekindle_database_pool_connections',
      help: 'Connections of the pool: total, idle, and requests waiting for one. SQLite has no pool.',
      labelNames: ['state'] as const,
      registers,
    }),
    prunedRows: new Counter({
      name: 'rekindle_pruned_rows_total',
      help: 'Expired rows that were deleted.',
      registers,
    }),
    pruneFailures: new Counter({
      name: 'rekindle_prune_failures_total',
      help: 'Batches of pruning that failed.',
      registers,
    }),
    prunedAt: new Gauge({
      name: 'rekindle_prune_last_success_timestamp_seconds',
      help: 'When a batch of pruning last succeeded, in seconds since the epoch; 0 if none has.',
      aggregator: 'max',
      registers,
    }),
  }
  for (const kind of EVENT_KINDS) made.events.inc({ kind }, 0)
  /** Brings the registry up to date. The default metrics, which watch the event loop, start with the first call. */
  const refresh = (pool: Pool) => {
    if (!watchesProcess) collectDefaultMetrics({ register: registry })
    watchesProcess = true
    for (const [state, connections] of Object.entries(pool ?? {})) {
      made.poolConnections.set({ state }, connections)
    }
  }
  return {
    ...made,
    registry,
    /** The metrics in Prometheus's text format: those of this process, or what `gatherFrom` was given. */
    async exposition(pool: Pool): Promise<{ text: string; contentType: string }> {
      refresh(pool)
      return { text: await gather(), contentType: registry.contentType }
    },
    /** The values of this process alone. */
    samples(pool: Pool): Promise<MetricSamples> {
      refresh(pool)
      return registry.getMetricsAsJSON()
    },
    /**
     * Makes the exposition that of `source`, which adds up the processes that serve one port. What `source` throws is answered
     * to the reader of the metrics.
     */
    gatherFrom(source: () => Promise<string>): void {
      gather = source
    },
  }
}
