import nextEnv from '@next/env'
import { z } from 'zod'
import { rekindle } from '@/server/sessions'

/** Runs a shell command on the configured database, and says plainly what was wrong with it if anything was. */
export async function command(
  usage: string,
  work: (args: (string | undefined)[]) => Promise<void>,
): Promise<void> {
  const quiet = { info: () => {}, error: console.error }
  nextEnv.loadEnvConfig(process.cwd(), false, quiet)
  const args = process.argv.slice(2)
  try {
    if (args.length < 2) throw new Error(`Usage: npm run ${usage}`)
    await work(args)
    const { database } = await rekindle()
    await database.close()
  } catch (error) {
    console.error(complaint(error))
    process.exitCode = 1
  }
}

function complaint(error: unknown): string {
  if (error instanceof z.ZodError) return error.issues.map(({ message }) => message).join('; ')
  return error instanceof Error ? error.message : String(error)
}
