import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Where an app keeps the migrations: in a folder `rekindle` that was copied into it, or at its root. The paths are relative to
 * the working directory, which is the project's, because a bundler moves this module away from its neighbours. Each is written
 * out, because the bundler takes along what it can read here.
 */
const FOLDERS = {
  postgres: [
    () => resolve('rekindle/db/postgres/migrations'),
    () => resolve('src/rekindle/db/postgres/migrations'),
    () => resolve('db/postgres/migrations'),
  ],
  sqlite: [
    () => resolve('rekindle/db/sqlite/migrations'),
    () => resolve('src/rekindle/db/sqlite/migrations'),
    () => resolve('db/sqlite/migrations'),
  ],
}

/** The folder with the migrations of an engine. If there is none, the last place where it could be. */
export function migrationsFolder(engine: keyof typeof FOLDERS): string {
  const folders = FOLDERS[engine].map((folder) => folder())
  return folders.find((folder) => existsSync(folder)) ?? folders.slice(-1).join()
}
