import type { Database } from '@/db/database'

/** A database with so many sessions in it, and what only its engine can tell of it. */
export interface Filled {
  readonly database: Database
  readonly sessions: number
  /** Bytes on disk, by table, its indexes included. */
  sizes(): Promise<Record<string, number>>
  /** Brings what the log holds into the tables. */
  checkpoint(): Promise<void>
  /** The bytes of log that `work` writes. */
  logged(work: () => Promise<unknown>): Promise<number>
  /** How the engine carries out what `work` sends to it: a line for each step, and whether any reads a whole table. */
  explain(work: () => Promise<unknown>): Promise<Plan>
  close(): Promise<void>
}

export interface Plan {
  readonly steps: readonly string[]
  readonly readsWholeTable: boolean
}

export interface Engine {
  readonly name: string
  fill(sessions: number): Promise<Filled>
  stop(): Promise<void>
}
