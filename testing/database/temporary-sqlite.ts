import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { LONG_TIMEOUTS } from './samples'
import type { TestDatabase } from './suite'

/** Creates a temporary directory. `remove` deletes it with its contents. */
export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'rekindle-db-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Opens a new SQLite database in a temporary directory. */
export async function openTemporary(): Promise<TestDatabase> {
  const directory = temporaryDirectory()
  const file = join(directory.path, 'test.db')
  const handles: Database[] = []
  const reopen = async () => {
    const handle = await openDatabase(`file:${file}`, LONG_TIMEOUTS)
    handles.push(handle)
    return handle
  }
  const dispose = async () => {
    for (const handle of handles) await handle.close()
    directory.remove()
  }
  const operate = async (statements: string) => {
    const client = new Sqlite(file)
    client.exec(statements)
    client.close()
  }
  return { database: await reopen(), reopen, operate, dispose }
}
