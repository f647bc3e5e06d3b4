import nextEnv from '@next/env'
import { z } from 'zod'
import { readDatabaseUrl } from '@/config/read'
import { sqliteFile } from '@/db/sqlite/location'
import { services } from '@/server/composition'

type Arguments = (string | undefined)[]

/** Runs a shell command on the configured database. If it fails, prints the reason in one line and exits with 1. */
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

/**
 * Runs a shell command on the file of the configured SQLite database, which needs no secret. The command's one argument is
 * another file.
 */
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

async function run(usage: string, minArguments: number, work: (args: Arguments) => Promise<void>) {
  const quiet = { info: () => {}, error: console.error }
  nextEnv.loadEnvConfig(process.cwd(), false, quiet)
  const args = process.argv.slice(2)
  try {
    if (args.length < minArguments) throw new Error(`Usage: npm run ${usage}`)
    await work(args)
  } catch (error) {
    console.error(messageOf(error))
    process.exitCode = 1
  }
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map(({ message }) => message).join('; ')
  return error instanceof Error ? error.message : String(error)
}
