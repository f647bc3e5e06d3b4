import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'

// What an app takes from this repository. docs/adopting.md copies the same files, and registry.json lists them; tests hold both to
// this list.

/** The folder of the app that the rooms are copied into. */
export const ROOT = 'rekindle'

const ROOMS = ['client', 'config', 'contracts', 'db', 'edge', 'http', 'server', 'session']

/** What stays behind: tests, the model check, and what makes packages and migrations. */
const LEFT_OUT =
  /\.(test|suite)\.tsx?$|^session\/model\/|^client\/(dist|types)\/|^client\/\w+\.json$|\/drizzle\.config\.ts$|_snapshot\.json$/

/** Routes and components that keep their place under `app/`. */
const APP = [
  'app/_components/browser-person.ts',
  'app/_components/rendered-for-field.tsx',
  'app/_components/rendered-for.tsx',
  'app/_components/session-client.ts',
  'app/_components/share-rendering.tsx',
  'app/_components/sign-out-button.tsx',
  'app/api/auth/logout/route.ts',
  'app/api/auth/refresh/route.ts',
  'app/api/me/route.ts',
]

/** Commands and documentation need these packages; the app does not. */
const NOT_IN_A_SERVER = ['@fontsource/fraunces', '@next/env', 'next', 'react', 'react-dom', 'tsx']
/** Types of packages that have none of their own. */
const TYPES = ['@types/better-sqlite3', '@types/pg']

/** Lists the files to copy: where each is, and where it goes in the app. */
export function filesToAdopt() {
  const rooms = ROOMS.flatMap((room) =>
    readdirSync(room, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).split(sep).join('/'))
      .filter((path) => !LEFT_OUT.test(path)),
  )
  return [
    ...rooms.sort().map((path) => ({ path, target: `${ROOT}/${path}` })),
    { path: 'instrumentation.ts', target: 'instrumentation.ts' },
    ...APP.map((path) => ({ path, target: path })),
  ]
}

/** The packages that the copied files import, with the versions that this repository is tested with. */
export function packagesToAdopt() {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const needed = Object.entries(dependencies).filter(([name]) => !NOT_IN_A_SERVER.includes(name))
  return {
    dependencies: Object.fromEntries(needed),
    devDependencies: Object.fromEntries(TYPES.map((name) => [name, devDependencies[name]])),
  }
}
