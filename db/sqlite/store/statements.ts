import type Sqlite from 'better-sqlite3'
import { statementSpan } from '@/db/statement-span'

/** Traces every statement that is prepared on `client` from now on, those of libraries included. */
export function traceStatements(client: Sqlite.Database): void {
  const prepare = client.prepare.bind(client)
  client.prepare = ((source: string) => {
    const statement = prepare(source)
    const span = statementSpan('sqlite', source)
    const traced = (execute: (...parameters: unknown[]) => unknown) =>
      ((...parameters: unknown[]) => span(() => execute.apply(statement, parameters))) as never
    statement.run = traced(statement.run)
    statement.get = traced(statement.get)
    statement.all = traced(statement.all)
    return statement
  }) as typeof client.prepare
}
