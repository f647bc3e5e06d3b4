import nextEnv from '@next/env'
import { z } from 'zod'
import { readDatabaseUrl } from '@/config/read'
import { sqliteFile } from '@/db/sqlite/location'
import { services } from '@/server/composition'

type Arguments = (string | undefined)[]

/** Runs a shell command on the configured database, and says plainly what was wrong with it if anything was. */
export async function command(
  usage: string,
  work: (args: Arguments) => Promise<void>,
): Promise<void> {
  await run(usage, 2, async (args) => {
    await work(args)
    const { database } = await services()
    await database.close()
  })
}

/** The same on the configured SQLite file as a file: no secret is needed. Its one argument is another file. */
export async function fileCommand(
  usage: string,
  work: (database: string, file: string) => Promise<void>,
): Promise<void> {
  await run(usage, 1, async ([file = '', ...rest]) => {
    if (file === '' || rest.length > 0) throw new Error(`Usage: npm run ${usage}`)
    const databaseUrl = readDatabaseUrl()
    if (!databaseUrl.startsWith('file:')) {
      throw new Error('DATABASE_URL: names no file. PostgreSQL has pg_dump')
    }
    await work(sqliteFile(databaseUrl), file)
  })
}

async function run(usage: string, least: number, work: (args: Arguments) => Promise<void>) {
  const quiet = { info: () => {}, error: console.error }
  nextEnv.loadEnvConfig(process.cwd(), false, quiet)
  const args = process.argv.slice(2)
  try {
    if (args.length < least) throw new Error(`Usage: npm run ${usage}`)
    await work(args)
  } catch (error) {
    console.error(complaint(error))
    process.exitCode = 1
  }
}

function complaint(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map(({ message }) => message).join('; ')
  return error instanceof Error ? error.message : String(error)
}
