import pg from 'pg'
import { inject } from 'vitest'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { LONG_TIMEOUTS } from './samples'
import type { TestDatabase } from './suite'

/** Creates an empty database on the PostgreSQL server that this run of Vitest shares. */
export async function createDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const ask = async (method: string, headers?: HeadersInit) => {
    const init = { method, ...(headers ? { headers } : {}) }
    const response = await fetch(`http://127.0.0.1:${inject('databaseServerPort')}`, init)
    if (!response.ok) throw new Error(await response.text())
    return response.text()
  }
  const url = await ask('POST')
  return { url, drop: async () => void (await ask('DELETE', { from: url })) }
}

/** Runs one statement on a separate connection, as an operator does. */
export async function operate(url: string, statement: string, values: unknown[] = []) {
  const client = new pg.Client(url)
  await client.connect()
  return client.query(statement, values).finally(() => client.end())
}

/** Opens a new PostgreSQL database. */
export async function openTemporaryPostgres(): Promise<TestDatabase> {
  const { url, drop } = await createDatabase()
  const handles: Database[] = []
  const reopen = async () => {
    const handle = await openDatabase(url, LONG_TIMEOUTS)
    handles.push(handle)
    return handle
  }
  return {
    database: await reopen(),
    reopen,
    operate: async (statements) => void (await operate(url, statements)),
    async dispose() {
      for (const handle of handles) await handle.close()
      await drop()
    },
  }
}
