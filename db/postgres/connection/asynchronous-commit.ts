import { sql } from 'drizzle-orm'

/**
 * As a column of what a statement returns: this transaction answers before it is on disk. If the server crashes, less than a
 * second of such writes is lost; what others wait to have on disk takes those before it along.
 */
export const asynchronousCommit = sql<string>`set_config('synchronous_commit', 'off', true)`
