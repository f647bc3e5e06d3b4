import pg from 'pg'
import { ClosedError, leavesConnectionSound, TimeoutError } from './failure'

/** Connections to one server. Each runs one statement at a time, and every wait is bounded. */
export interface Pool {
  /** Acquires a connection and runs `work` on it, within `withinMs` together, or rejects with TimeoutError. */
  use<T>(withinMs: number, work: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** Counts all connections, the idle ones, and the callers that wait for one. */
  count(): { readonly total: number; readonly idle: number; readonly waiting: number }
  /** Closes every connection. From then on `use` rejects with ClosedError. */
  close(): Promise<void>
}

/** Opens a pool. A connection attempt takes `connectMs` at most, and `greet` runs on each connection before it is used. */
export function openPool(
  settings: pg.PoolConfig,
  connectMs: number,
  greet: (client: pg.ClientBase) => Promise<void>,
): Pool {
  const pool = new pg.Pool({
    ...settings,
    onConnect: (client) => within(connectMs, greet(client)),
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idleTimeoutMillis: 30_000,
    // Idle connections do not keep a shell command running.
    allowExitOnIdle: true,
  })
  // An idle connection that fails is removed by the pool, and the error has no caller.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    lastAnswerAt.set(client, performance.now())
    client.on('error', () => {})
  })
  const lastAnswerAt = new WeakMap<object, number>()
  let suspectBefore = 0
  let isClosed = false

  /** Discards connections that have not answered since another one timed out: they may be dead too, and each would cost a timeout. */
  const acquire = async () => {
    for (;;) {
      if (isClosed) throw new ClosedError('the database was closed')
      const client = await pool.connect()
      if ((lastAnswerAt.get(client) ?? 0) >= suspectBefore) return client
      client.release(true)
    }
  }
  return {
    async use(withinMs, work) {
      const deadline = performance.now() + withinMs
      const client = await within(withinMs, acquire(), (late) => late.release())
      const started = performance.now()
      try {
        const result = await within(deadline - started, work(client))
        lastAnswerAt.set(client, performance.now())
        client.release()
        return result
      } catch (error) {
        if (error instanceof TimeoutError) suspectBefore = Math.max(suspectBefore, started)
        client.release(!leavesConnectionSound(error))
        throw error
      }
    },
    count: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    async close() {
      if (isClosed) return
      isClosed = true
      await pool.end()
    },
  }
}

/** Resolves as `promise` does, or rejects with TimeoutError after `ms`. A value that arrives later goes to `discard`. */
function within<T>(ms: number, promise: Promise<T>, discard?: (late: T) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new TimeoutError(`no answer within ${Math.round(ms)} ms`))
    }, ms)
    promise.then(
      (value) => {
        clearTimeout(timer)
        if (isLate) discard?.(value)
        else resolve(value)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
