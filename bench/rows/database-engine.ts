import type { Database } from '@/db/database'
import type { EpochMs } from '@/session/time'

/** Seeded sessions were renewed so long ago, in milliseconds, that the next refresh rotates. */
export const SEEDED_AGO_MS = 3_600_000

/** A database that holds sessions, and measurements that depend on its engine. */
export interface FilledDatabase {
  readonly database: Database
  /** What `DATABASE_URL` would say. */
  readonly url: string
  readonly sessions: number
  /** When every session was last renewed. */
  readonly start: EpochMs
  /** Returns bytes on disk: one entry for each table, and one for its indexes. */
  sizes(): Promise<Record<string, number>>
  /** Moves the contents of the write-ahead log into the tables. */
  checkpoint(): Promise<void>
  /** Returns the bytes that `work` writes to the write-ahead log. */
  logged(work: () => Promise<unknown>): Promise<number>
  /** Returns the query plans of the statements that `work` runs on the database that it is given. */
  explain(work: (database: Database) => Promise<unknown>): Promise<Plan>
  close(): Promise<void>
}

/** A line for each step of the plans, and whether a step reads a whole table. */
export interface Plan {
  readonly steps: readonly string[]
  readonly readsWholeTable: boolean
}

/** A database engine under test. */
export interface DatabaseEngine {
  readonly name: string
  /** Opens a new database with this many sessions in it. */
  fill(sessions: number): Promise<FilledDatabase>
  stop(): Promise<void>
}
