import { createHash } from 'node:crypto'
import Sqlite from 'better-sqlite3'

const TABLES = ['users', 'sessions', 'retired_access_tokens']

/** Opens the server's database and computes a digest over every row that a refused request must not change. */
export function openState(file: string): { digest(): string; close(): void } {
  const database = new Sqlite(file, { readonly: true, timeout: 5000 })
  const statements = TABLES.map((table) =>
    database.prepare(`SELECT * FROM ${table} ORDER BY rowid`),
  )
  return {
    digest() {
      const hash = createHash('sha256')
      for (const statement of statements) hash.update(JSON.stringify(statement.raw().all()))
      return hash.digest('hex')
    },
    close: () => database.close(),
  }
}
