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

/** SQLite's own waiting blocks the whole process and is not fair, so it is short, and `withRetry` waits in its place. */
const BUSY_TIMEOUT_MS = 20
/** The size to which the WAL shrinks after a long reader let it grow. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024

/** The file holds password hashes, so only its owner may read it. */
const OWNER_ONLY = 0o600
/** Codes of chmod(2) for another user's file, a file system without modes, and a file that does not exist. */
const MODE_UNCHANGEABLE = new Set(['EPERM', 'ENOTSUP', 'ENOENT'])

/** An open file. Everything on it is synchronous, so two statements never interleave within this process. */
export interface Connection {
  /** The driver's handle. */
  readonly client: Sqlite.Database
  /** Builds queries with Drizzle. */
  readonly orm: BetterSQLite3Database
  /**
   * Runs statements with nothing of this process in between, but not as a transaction. A write may be lost in a power failure. Rejects
   * with SessionError `unavailable` if the database fails.
   */
  attempt<T>(work: () => T): Promise<T>
  /**
   * Runs `work` as one IMMEDIATE transaction, which is on disk when the promise resolves. Rejects with SessionError
   * `unavailable` if the database fails.
   */
  commit<T>(work: () => T): Promise<T>
}

/**
 * Opens the file, and creates it and its directory if they do not exist, and migrates it. Waits `openTimeoutMs` for
 * another process's lock. Throws what the file system or SQLite throws if it cannot.
 */
export async function openConnection(
  file: string,
  { timeoutMs = TIMEOUT_MS, openTimeoutMs = OPEN_TIMEOUT_MS }: DatabaseTimeouts = {},
): Promise<Connection> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  keepPrivate(file)
  const client = new Sqlite(file, { timeout: openTimeoutMs })
  try {
    await withRetry(() => configureAndMigrate(client), openTimeoutMs)
  } catch (error) {
    client.close()
    throw error
  }
  return connect(client, timeoutMs)
}

/** Makes the file readable for its owner only. SQLite gives the WAL and its index the mode of the database file. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, 'a', OWNER_ONLY))
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    try {
      chmodSync(path, OWNER_ONLY)
    } catch (error) {
      if (!MODE_UNCHANGEABLE.has(String((error as NodeJS.ErrnoException).code))) throw error
    }
  }
}

function configureAndMigrate(client: Sqlite.Database): void {
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

/** Runs `work` until no lock is in its way, for `timeoutMs` at most. A statement that fails with SQLITE_BUSY has changed nothing. */
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
