import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { describeProcesses } from '@/testing/database/processes.suite'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'

describeProcesses('processes on one SQLite file', openPlace, 600)

async function openPlace() {
  const directory = temporaryDirectory()
  let files = 0
  return {
    newUrl: async () => `file:${join(directory.path, `${++files}/new.db`)}`,
    async migrations(url: string) {
      const client = new Sqlite(url.slice('file:'.length), { readonly: true })
      const hashes = client
        .prepare<[], string>('SELECT hash FROM __drizzle_migrations')
        .pluck()
        .all()
      client.close()
      return hashes
    },
    dispose: async () => directory.remove(),
  }
}
