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

export interface PostgresOptions extends DatabaseTimeouts {
  /** Connections that this process holds at most. */
  readonly poolSize?: number
  /**
   * Whether the server is asked to keep statements between uses. A pooler that hands a connection on after each transaction
   * loses them: `auto` finds out, for each connection, whether there is a pooler.
   */
  readonly statements?: 'auto' | 'named' | 'unnamed'
}

/** What a statement brought. */
export interface Outcome<Row> {
  readonly rows: readonly Row[]
  /** Whether it was sent before, and may have been carried out then, with its answer lost. */
  readonly isRepeated: boolean
}

/** Runs a statement that was prepared: one round trip. While `isConflict` says that it came too late, it is run again. */
export type Statement<Row> = (
  values: object,
  isConflict?: (row: Row) => boolean,
) => Promise<Outcome<Row>>

/** An open database. Whatever runs on it takes `timeoutMs` at most, and rejects with SessionError `unavailable` if the database fails. */
export interface Connection {
  /** Prepares a statement. Its failures are already what a verb rejects with. */
  prepare<Row extends object>(name: string, source: SQL): Statement<Row>
  /** For what Drizzle builds and maps: run it in `answer`, which undoes its wrapping of failures. */
  readonly orm: NodePgDatabase
  answer<T>(work: Promise<T>): Promise<T>
  /** Runs what a library brings. */
  query(query: pg.QueryConfig): Promise<Pick<pg.QueryResult, 'rows' | 'rowCount'>>
  count: Pool['count']
  close(): Promise<void>
}

/** Connects to the server and migrates the database. */
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
        // Its message repeats every value.
        throw error instanceof DrizzleQueryError ? error.cause : error
      }
    },
    query: (query) => ask(query),
    count: pool.count,
    close: pool.close,
  }
}

/** No text in PostgreSQL holds the character 0: one that does is nobody's name, and no reason for an error. */
function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
}

/**
 * Has the server give up after `timeoutMs` what nobody waits for any more. False, and nothing is set, behind a pooler, which
 * makes up the number of the process that serves: there a setting would not last, and would reach others.
 */
async function limitStatements(client: pg.ClientBase, timeoutMs: number): Promise<boolean> {
  const { processID } = client as { processID?: number }
  const { rows } = await client.query<{ limited: string | null }>(
    `SELECT CASE pg_backend_pid() WHEN $1 THEN set_config('statement_timeout', $2, false) END AS limited`,
    [processID, `${timeoutMs}ms`],
  )
  return rows[0]?.limited !== null
}
