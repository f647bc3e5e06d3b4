import { describeProcesses } from '@/testing/database/processes.suite'
import { createDatabase, operate } from '@/testing/database/temporary-postgres'

describeProcesses('processes on one PostgreSQL database', openPlace, 200)

async function openPlace() {
  const made: Awaited<ReturnType<typeof createDatabase>>[] = []
  return {
    async newUrl() {
      const database = await createDatabase()
      made.push(database)
      return database.url
    },
    async migrations(url: string) {
      const { rows } = await operate(url, 'SELECT hash FROM __drizzle_migrations')
      return rows.map(({ hash }) => hash)
    },
    async dispose() {
      for (const database of made) await database.drop()
    },
  }
}
