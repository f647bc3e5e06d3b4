import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import Sqlite from 'better-sqlite3'

const WAIT_MS = 120_000

type Value = string | number | null

/** A database beside the server. Each call waits, so that a test reads one thing after the other; `?` stands for a value. */
export interface Sql {
  all<Row>(statement: string, values?: readonly Value[]): Row[]
  run(statement: string, values?: readonly Value[]): void
  close(): void
}

/** Opens the database of a DATABASE_URL, once it is asked something. */
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

type Told = { readonly rows: unknown[] } | { readonly error: string }

/** By a thread of its own, as there is no driver that waits. */
function openPostgres(url: string): Sql {
  let channel: { ask(statement: string, values: readonly Value[]): Told; close(): void } | undefined

  const open = () => {
    const { port1: ours, port2: theirs } = new MessageChannel()
    const signal = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(new URL('./postgres.worker.mjs', import.meta.url), {
      workerData: { url, port: theirs, signal },
      transferList: [theirs],
    })
    worker.unref()
    return {
      ask(statement: string, values: readonly Value[]): Told {
        Atomics.store(signal, 0, 0)
        ours.postMessage({ statement, values })
        Atomics.wait(signal, 0, 0, WAIT_MS)
        return receiveMessageOnPort(ours)?.message ?? { error: 'PostgreSQL did not answer in time' }
      },
      close: () => ours.close(),
    }
  }
  const all = <Row>(statement: string, values: readonly Value[] = []) => {
    channel ??= open()
    let count = 0
    const told = channel.ask(
      statement.replace(/\?/g, () => `$${++count}`),
      values,
    )
    if ('error' in told) throw new Error(told.error)
    return told.rows as Row[]
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
