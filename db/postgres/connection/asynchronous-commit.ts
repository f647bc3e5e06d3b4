import { sql } from 'drizzle-orm'

/**
 * A column of RETURNING that makes the transaction answer before it is on disk. If the server crashes, the last
 * second of such writes may be lost: three times `wal_writer_delay`, which is 0.6 s by default. A later synchronous commit also flushes the asynchronous ones before it.
 * Source: PostgreSQL manual, Asynchronous Commit.
 */
export const asynchronousCommit = sql<string>`set_config('synchronous_commit', 'off', true)`
