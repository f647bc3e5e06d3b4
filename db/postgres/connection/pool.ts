import pg from 'pg'
import { ClosedError, leavesConnectionSound, TimeoutError } from './failure'

/** Connections to one server, on each of which one statement runs at a time. Every wait ends. */
export interface Pool {
  /** Runs `work` on a connection, both of it within `withinMs`, or rejects with TimeoutError. */
  use<T>(withinMs: number, work: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** How many there are just now, how many of them nobody uses, and how many callers wait for one. */
  count(): { readonly total: number; readonly idle: number; readonly waiting: number }
  close(): Promise<void>
}

/** A place in the pool is taken by a connection that is not made for `connectMs` at most. `greet` is done with each before it is used. */
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
    // A shell command ends when it is done.
    allowExitOnIdle: true,
  })
  // What a connection learns while nobody uses it, whoever uses it next will see.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    heard.set(client, performance.now())
    client.on('error', () => {})
  })
  const heard = new WeakMap<object, number>()
  let suspectBefore = 0
  let isClosed = false

  /** One that was not heard of since another fell silent may be as dead, in which case nobody else should have to wait. */
  const acquire = async () => {
    for (;;) {
      if (isClosed) throw new ClosedError('the database was closed')
      const client = await pool.connect()
      if ((heard.get(client) ?? 0) >= suspectBefore) return client
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
        heard.set(client, performance.now())
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

/** What `promise` resolves with, or TimeoutError after `ms`; then what comes late is `discarded`. */
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
