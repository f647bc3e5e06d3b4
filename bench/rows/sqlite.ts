import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Database } from '@/db/database'
import { openSqlite } from '@/db/sqlite/database'
import { fillSqlite } from '@/testing/bulk-seed/sqlite'
import { type DatabaseEngine, type Plan, SEEDED_AGO_MS } from './database-engine'

/** Keeps SQLite files in a temporary folder on this disk. */
export async function sqliteEngine(): Promise<DatabaseEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'rekindle-bench-'))
  return {
    name: 'SQLite',
    async fill(sessions) {
      const file = join(folder, `${sessions}.db`)
      await (await openSqlite(file)).close()
      const client = new Sqlite(file)
      const start = Date.now() - SEEDED_AGO_MS
      fillSqlite(client, sessions, start)
      const database = await openSqlite(file)
      return {
        database,
        url: `file:${file}`,
        sessions,
        start,
        async sizes() {
          const rows = client
            .prepare<[], { name: string; table: string; bytes: number }>(
              `SELECT name, coalesce((SELECT tbl_name FROM sqlite_schema s WHERE s.name = d.name), name) AS "table",
                 sum(pgsize) AS bytes FROM dbstat d GROUP BY name`,
            )
            .all()
          const sizes: Record<string, number> = {}
          for (const { name, table, bytes } of rows) {
            const key = name === table ? name : `${table}, indexes`
            sizes[key] = (sizes[key] ?? 0) + bytes
          }
          return sizes
        },
        checkpoint: async () => void client.pragma('wal_checkpoint(TRUNCATE)'),
        async logged(work) {
          const size = () => statSync(`${file}-wal`).size
          const before = size()
          await work()
          return size() - before
        },
        explain: (work) => explain(client, file, work),
        async close() {
          client.close()
          await database.close()
        },
      }
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function explain(
  client: Sqlite.Database,
  file: string,
  work: (database: Database) => Promise<unknown>,
): Promise<Plan> {
  const sources: string[] = []
  const prototype = Object.getPrototypeOf(client.prepare('SELECT 1'))
  const originals = { get: prototype.get, all: prototype.all, run: prototype.run }
  for (const [name, original] of Object.entries(originals)) {
    prototype[name] = function (this: Sqlite.Statement, ...values: unknown[]) {
      sources.push(this.source)
      return original.apply(this, values)
    }
  }
  // A connection keeps the methods that its statements had when they were prepared, so this needs one of its own.
  const database = await openSqlite(file)
  await work(database).finally(() => Object.assign(prototype, originals))
  await database.close()
  const steps = sources.flatMap((source) =>
    client
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${source}`)
      .all(...Array.from(source.matchAll(/\?/g), () => 1))
      .map(({ detail }) => detail),
  )
  return { steps, readsWholeTable: steps.some((step) => /^SCAN (?!CONSTANT)/.test(step)) }
}
