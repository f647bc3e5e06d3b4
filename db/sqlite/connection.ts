import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Sqlite from 'better-sqlite3'
import { type BetterSQLite3Database, drizzle } from 'drizzle-orm/better-sqlite3'
import { type DatabaseTimeouts, OPEN_TIMEOUT_MS, TIMEOUT_MS } from '../database'
import { statementSpan } from '../statement-span'
import { failureOf, isBusy } from './failure'
import { migrate } from './migration'
import { traceStatements } from './store/statements'

/** SQLite's own waiting blocks this whole process and is unfair to who waits long: keep it short, and come back. */
const BUSY_TIMEOUT_MS = 20
/** What a WAL that a long reader let grow shrinks to. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024

/** There are hashes of passwords in it. */
const MINE_ALONE = 0o600
/** Another user's file, a file system without modes, or a file that is not there. */
const NOT_OURS_TO_CHANGE = new Set(['EPERM', 'ENOTSUP', 'ENOENT'])

/** One open file. Everything on it is synchronous, so what runs here never interleaves within this process. */
export interface Connection {
  readonly client: Sqlite.Database
  readonly orm: BetterSQLite3Database
  /** Runs one statement: SessionError `unavailable` if the database fails. A write may be lost in a power failure. */
  attempt<T>(work: () => T): Promise<T>
  /** Runs `work` as one IMMEDIATE transaction, on disk when it resolves: SessionError `unavailable` if the database fails. */
  commit<T>(work: () => T): Promise<T>
}

/** Opens the file, made if need be with its directory, and migrates it. What is waited for is another process's lock. */
export async function openConnection(
  file: string,
  { timeoutMs = TIMEOUT_MS, openTimeoutMs = OPEN_TIMEOUT_MS }: DatabaseTimeouts = {},
): Promise<Connection> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  keepPrivate(file)
  const client = new Sqlite(file, { timeout: openTimeoutMs })
  try {
    await withRetry(() => prepare(client), openTimeoutMs)
  } catch (error) {
    client.close()
    throw error
  }
  return connect(client, timeoutMs)
}

/** Makes the file, or what is there of it, readable to its owner alone. SQLite gives the files that it adds the mode of the first. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', MINE_ALONE))
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    try {
      chmodSync(path, MINE_ALONE)
    } catch (error) {
      if (!NOT_OURS_TO_CHANGE.has(String((error as NodeJS.ErrnoException).code))) throw error
    }
  }
}

function prepare(client: Sqlite.Database): void {
  const mode = client.pragma('journal_mode = WAL', { simple: true })
  if (mode !== 'wal') throw new Error(`this file system has no WAL, only ${mode}`)
  client.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
  client.pragma('synchronous = NORMAL')
  // On macOS a plain fsync leaves the data in the drive's cache; elsewhere this does nothing.
  client.pragma('fullfsync = ON')
  migrate(client)
  client.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
}

function connect(client: Sqlite.Database, timeoutMs: number): Connection {
  traceStatements(client)
  const transaction = client.transaction((work: () => unknown) => work())
  const transactionSpan = statementSpan('sqlite', 'TRANSACTION')

  const answer = async <T>(work: () => T): Promise<T> => {
    try {
      return await withRetry(work, timeoutMs)
    } catch (error) {
      throw failureOf(error, client)
    }
  }
  const durably = <T>(work: () => T): T => {
    client.pragma('synchronous = FULL')
    try {
      return transactionSpan(() => transaction.immediate(work)) as T
    } finally {
      client.pragma('synchronous = NORMAL')
    }
  }
  return {
    client,
    orm: drizzle(client),
    attempt: answer,
    commit: (work) => answer(() => durably(work)),
  }
}

/** Runs `work` until no lock is in its way. What SQLite calls BUSY has changed nothing. */
async function withRetry<T>(work: () => T, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      await pause(1 + Math.random() * 15)
    }
  }
}
