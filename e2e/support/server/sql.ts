import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

const WAIT_MS = 120_000

type Value = string | number | null

/** A synchronous connection to the server's database, so that a test reads in order. `?` stands for a value. */
export interface Sql {
  all<Row>(statement: string, values?: readonly Value[]): Row[]
  run(statement: string, values?: readonly Value[]): void
  close(): void
}

/** Opens the database of a DATABASE_URL on first use. */
export function openSql(url: string): Sql {
  return url.startsWith('file:') ? openSqlite(url.slice('file:'.length)) : openPostgres(url)
}

function openSqlite(file: string): Sql {
  let database: Sqlite.Database | undefined
  const prepare = (statement: string) => {
    database ??= new Sqlite(file, { timeout: WAIT_MS })
    return database.prepare<Value[]>(statement)
  }
  return {
    all: <Row>(statement: string, values: readonly Value[] = []) =>
      prepare(statement).all(...values) as Row[],
    run: (statement, values = []) => void prepare(statement).run(...values),
    close() {
      database?.close()
      database = undefined
    },
  }
}

type Result = { readonly rows: unknown[] } | { readonly error: string }

/** Runs pg in a worker thread, because it has no synchronous API. */
function openPostgres(url: string): Sql {
  let channel:
    | { ask(statement: string, values: readonly Value[]): Result; close(): void }
    | undefined

  const open = () => {
    const { port1: port, port2: workerPort } = new MessageChannel()
    const signal = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(new URL('./postgres.worker.mjs', import.meta.url), {
      workerData: { url, port: workerPort, signal },
      transferList: [workerPort],
    })
    worker.unref()
    return {
      ask(statement: string, values: readonly Value[]): Result {
        Atomics.store(signal, 0, 0)
        port.postMessage({ statement, values })
        Atomics.wait(signal, 0, 0, WAIT_MS)
        return receiveMessageOnPort(port)?.message ?? { error: 'PostgreSQL did not answer in time' }
      },
      close: () => port.close(),
    }
  }
  const all = <Row>(statement: string, values: readonly Value[] = []) => {
    channel ??= open()
    let count = 0
    const result = channel.ask(
      statement.replace(/\?/g, () => `$${++count}`),
      values,
    )
    if ('error' in result) throw new Error(result.error)
    return result.rows as Row[]
  }
  return {
    all,
    run: (statement, values) => void all(statement, values),
    close() {
      channel?.close()
      channel = undefined
    },
  }
}
