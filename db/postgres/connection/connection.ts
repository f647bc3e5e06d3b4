import { fillPlaceholders, type SQL } from 'drizzle-orm'
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { type DatabaseTimeouts, TIMEOUT_MS } from '@/db/database'
import { statementSpan } from '@/db/statement-span'
import { migrate, readMigrations } from '../migration'
import { failureOf, SerializationConflict } from './failure'
import { openPool, type Pool } from './pool'
import { createRetry, withRetry } from './retry'

/** How to connect to PostgreSQL. */
export interface PostgresOptions extends DatabaseTimeouts {
  /** The maximum number of connections of this process. */
  readonly poolSize?: number
  /**
   * Whether statements are prepared on the server by name. A pooler in transaction mode loses named statements: `auto`
   * detects, for each connection, whether there is a pooler.
   */
  readonly statements?: 'auto' | 'named' | 'unnamed'
}

/** The result of a statement. */
export interface Outcome<Row> {
  readonly rows: readonly Row[]
  /** True if the statement was sent before, and may have been carried out then, with its answer lost. */
  readonly isRepeated: boolean
}

/** Runs a prepared statement in one round trip, and runs it again while `isConflict` returns true for its first row. */
export type Statement<Row> = (
  values: object,
  isConflict?: (row: Row) => boolean,
) => Promise<Outcome<Row>>

/** An open database. Each call takes `timeoutMs` at most, and rejects with SessionError `unavailable` if the database fails. */
export interface Connection {
  /** Prepares a statement that is written as SQL. */
  prepare<Row extends object>(name: string, source: SQL): Statement<Row>
  /** Builds queries with Drizzle. Their results are awaited through `answer`. */
  readonly orm: NodePgDatabase
  /** Awaits a Drizzle query, and rejects with the error that Drizzle has wrapped. */
  answer<T>(work: Promise<T>): Promise<T>
  /** Runs the query of a library. */
  query(query: pg.QueryConfig): Promise<Pick<pg.QueryResult, 'rows' | 'rowCount'>>
  /** Counts the connections of the pool. */
  count: Pool['count']
  /** Closes every connection. */
  close(): Promise<void>
}

/** Connects to the server and migrates the database. Throws the last error if that fails within `openTimeoutMs`. */
export async function openConnection(
  url: string,
  {
    poolSize = 10,
    statements = 'auto',
    timeoutMs = TIMEOUT_MS,
    openTimeoutMs = timeoutMs,
  }: PostgresOptions = {},
): Promise<Connection> {
  const migrations = readMigrations()
  const settings = { connectionString: url, application_name: 'rekindle' }
  await withRetry(async ({ withinMs }) => {
    const client = new pg.Client({ ...settings, connectionTimeoutMillis: withinMs })
    client.on('error', () => {})
    try {
      await client.connect()
      await migrate(client, migrations)
    } finally {
      client.end().catch(() => {})
    }
  }, openTimeoutMs)

  const direct = new WeakSet<pg.ClientBase>()
  const pool = openPool({ ...settings, max: poolSize }, timeoutMs, async (client) => {
    if (await limitStatements(client, timeoutMs)) direct.add(client)
  })
  const retry = createRetry(timeoutMs)

  const send = <Row extends object>(client: pg.ClientBase, { name, ...query }: pg.QueryConfig) => {
    const isNamed = statements === 'named' || (statements === 'auto' && direct.has(client))
    const sent = isNamed && name ? { ...query, name } : query
    return statementSpan('postgresql', query.text)(() => client.query<Row>(sent))
  }
  const ask = async <Row extends object>(
    query: pg.QueryConfig,
    isConflict: (row: Row) => boolean = () => false,
  ) => {
    try {
      return await retry(({ withinMs, isRepeated }) =>
        pool.use(withinMs, async (client) => {
          const result = await send<Row>(client, {
            ...query,
            values: (query.values ?? []).map(storable),
          })
          if (result.rows[0] && isConflict(result.rows[0]))
            throw new SerializationConflict(query.name)
          return { ...result, isRepeated }
        }),
      )
    } catch (error) {
      throw failureOf(error)
    }
  }
  const facade = { query: (query: pg.QueryConfig, values: unknown[]) => ask({ ...query, values }) }

  return {
    prepare: <Row extends object>(name: string, source: SQL) => {
      const { sql: text, params } = new PgDialect().sqlToQuery(source)
      return (values: object, isConflict?: (row: Row) => boolean) =>
        ask<Row>({ name, text, values: fillPlaceholders(params, { ...values }) }, isConflict)
    },
    orm: drizzle({ client: facade as unknown as pg.Pool }),
    async answer(work) {
      try {
        return await work
      } catch (error) {
        // The message of a DrizzleQueryError repeats every value.
        throw error instanceof DrizzleQueryError ? error.cause : error
      }
    },
    query: (query) => ask(query),
    count: pool.count,
    close: pool.close,
  }
}

/** Replaces the character U+0000, which PostgreSQL cannot store: a name that contains it should match no user, not fail. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}

/**
 * Sets the connection's `statement_timeout`, so that the server gives up statements that no caller waits for any more.
 * Behind a pooler it sets nothing and returns false: the setting would not last, and would reach other clients. A pooler is
 * recognised by its process id, which is not the backend's.
 */
async function limitStatements(client: pg.ClientBase, timeoutMs: number): Promise<boolean> {
  const { processID } = client as { processID?: number }
  const { rows } = await client.query<{ limited: string | null }>(
    `SELECT CASE pg_backend_pid() WHEN $1 THEN set_config('statement_timeout', $2, false) END AS limited`,
    [processID, `${timeoutMs}ms`],
  )
  return rows[0]?.limited !== null
}
