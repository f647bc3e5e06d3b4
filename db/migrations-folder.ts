import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** Where an app keeps the rooms: at its root, or in a folder of their own that was copied into it. */
const PLACES = ['rekindle', 'src/rekindle', '.']

/**
 * The folder with the migrations of an engine. It is relative to the working directory, which is the project's: a bundler moves
 * this module away from its neighbours.
 */
export function migrationsFolder(engine: 'postgres' | 'sqlite'): string {
  const folders = PLACES.map((place) =>
    // A bundler that tried to follow these paths would take the whole project into each function.
    resolve(/* turbopackIgnore: true */ process.cwd(), place, 'db', engine, 'migrations'),
  )
  return folders.find((folder) => existsSync(folder)) ?? folders.slice(-1).join()
}
