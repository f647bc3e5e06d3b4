import pg from 'pg'
import { openPostgres } from '@/db/postgres/database'
import { fillPostgres } from '@/testing/bulk-seed/postgres'
import { startCluster } from '@/testing/postgres/cluster'
import { type DatabaseEngine, type Plan, SEEDED_AGO_MS } from './database-engine'

/** Starts a PostgreSQL server on this disk that syncs its writes and has a quarter of a small machine's memory. */
export async function postgresEngine(): Promise<DatabaseEngine> {
  const cluster = await startCluster({
    fsync: true,
    settings: { shared_buffers: '1GB', max_wal_size: '4GB' },
  })
  return {
    name: 'PostgreSQL',
    async fill(sessions) {
      const url = await cluster.createDatabase()
      const database = await openPostgres(url, { poolSize: 1 })
      const client = new pg.Client(url)
      client.on('error', () => {})
      await client.connect()
      const start = Date.now() - SEEDED_AGO_MS
      await fillPostgres(client, sessions, start)
      const ask = async (text: string) => Object.values((await client.query(text)).rows[0])[0]
      return {
        database,
        url,
        sessions,
        start,
        async sizes() {
          const { rows } = await client.query(
            `SELECT relname AS name, pg_table_size(oid)::float8 AS heap, pg_indexes_size(oid)::float8 AS indexes
             FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
          )
          return Object.fromEntries(
            rows.flatMap(({ name, heap, indexes }) => [
              [name, heap],
              [`${name}, indexes`, indexes],
            ]),
          )
        },
        checkpoint: async () => void (await client.query('CHECKPOINT')),
        async logged(work) {
          const position = async () =>
            Number(await ask(`SELECT pg_current_wal_insert_lsn() - '0/0'`))
          const before = await position()
          await work()
          return (await position()) - before
        },
        explain: (work) => explain(client, () => work(database)),
        async close() {
          await client.end()
          await database.close()
        },
      }
    },
    stop: () => cluster.dispose(),
  }
}

/** Explains the generic plan, which a named statement gets after a few uses. */
async function explain(client: pg.Client, work: () => Promise<unknown>): Promise<Plan> {
  const texts: string[] = []
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (this: pg.Client, ...sent: unknown[]) {
    const [config] = sent as [pg.QueryConfig]
    if (config.name) texts.push(config.text)
    return Reflect.apply(query, this, sent)
  } as typeof query
  await work().finally(() => {
    pg.Client.prototype.query = query
  })
  const steps: string[] = []
  for (const text of texts) {
    const { rows } = await client.query(`EXPLAIN (GENERIC_PLAN, COSTS off) ${text}`)
    steps.push(...rows.map((row) => row['QUERY PLAN'] as string))
  }
  return { steps, readsWholeTable: steps.some((step) => step.includes('Seq Scan')) }
}
