import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from '@/e2e/support/fixtures'
import { buildOf } from '@/e2e/support/server/process'

/** The folder that was built: that of the project's gate. */
let folder = '.'
test.beforeAll(({ gate }) => {
  folder = buildOf(gate)
})

/** The output of `next build`. A deployment packs its functions from these manifests. */
const read = (path: string) => JSON.parse(readFileSync(join(folder, '.next', path), 'utf8'))

/** The files of the middleware bundle. */
const edgeFiles = (): string[] =>
  read('server/middleware-manifest.json').middleware['/'].files.map((f: string) =>
    join(folder, '.next', f),
  )

/** The sources of a bundled file: a path of this project, or the name of a package. */
function sourcesOf(file: string): string[] {
  if (!existsSync(`${file}.map`)) return []
  const { sources = [], sections = [] } = JSON.parse(readFileSync(`${file}.map`, 'utf8'))
  const all: string[] = [...sources, ...sections.flatMap((part: Section) => part.map.sources)]
  return all.map(decodeURIComponent).map((source) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? []
    return name ?? source.replace(/^(?:turbopack:\/\/\/\[project\]\/|(?:\.\.\/)+)/, '')
  })
}
type Section = { readonly map: { readonly sources: string[] } }

/** The server's function entries, by route. */
const nodeEntries = (): [route: string, file: string][] =>
  Object.entries(read('server/app-paths-manifest.json'))

/** All files that a function needs at run time, as a platform or an image packs them. */
function tracedBy(entry: string): string[] {
  const file = join(folder, '.next/server', entry)
  const { files } = JSON.parse(readFileSync(`${file}.nft.json`, 'utf8'))
  return files.map((path: string) => relative(folder, resolve(dirname(file), path)))
}

/**
 * What every function needs that reads the database. Without better-sqlite3's addon, which may still be compiling during the build
 * in a fresh clone: `npm run container:check` serves with it.
 */
const NEEDED = [
  'db/sqlite/migrations/meta/_journal.json',
  'db/sqlite/migrations/0000_init.sql',
  'db/postgres/migrations/meta/_journal.json',
  'db/postgres/migrations/0000_init.sql',
  'node_modules/pg/package.json',
]

test('Middleware is an Edge function, and the only one', { tag: '@edge' }, () => {
  const manifest = read('server/middleware-manifest.json')
  expect(Object.keys(manifest.middleware)).toEqual(['/'])
  expect(manifest.functions).toEqual({})
  expect(edgeFiles().every((file) => file.startsWith('.next/server/edge/'))).toBe(true)
  // Next.js lists Node.js middleware here. There is none.
  const { functions } = read('server/functions-config-manifest.json')
  expect(Object.values(functions).filter((one) => 'runtime' in (one as object))).toEqual([])
  expect(functions).not.toHaveProperty('/_middleware')
})

test('The gate in process is a function of Node, which takes along what the engine needs', {
  tag: '@in-process',
}, () => {
  expect(read('server/middleware-manifest.json')).toMatchObject({ middleware: {}, functions: {} })
  const { functions } = read('server/functions-config-manifest.json')
  expect(functions['/_middleware']).toMatchObject({ runtime: 'nodejs' })
  expect(tracedBy('middleware.js')).toEqual(expect.arrayContaining(NEEDED))
})

test('Middleware is made of its own rooms and of few packages: nothing native, no database, no Node', {
  tag: '@edge',
}, () => {
  const sources = new Set(edgeFiles().flatMap(sourcesOf))
  const rooms = new Set([...sources].filter((one) => one.includes('.ts')).map(roomOf))
  expect([...rooms].sort()).toEqual([
    'config',
    'edge',
    'http',
    'instrumentation.ts',
    'middleware.ts',
    'session',
  ])
  const configuration = [...sources].filter((one) => roomOf(one) === 'config')
  expect(configuration.sort()).toEqual(['config/duration.ts', 'config/edge.ts'])
  const packages = [...sources].filter((one) => !one.includes('.ts'))
  expect(packages.sort()).toEqual(['@opentelemetry/api', 'jose', 'next'])
  const text = edgeFiles()
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const builtins = new Set(text.match(/["']node:[a-z_/]+["']/g))
  // Modules that Next.js itself imports and that every Edge runtime provides (Vercel's and that of `next start`).
  expect([...builtins].sort()).toEqual(['"node:async_hooks"', '"node:buffer"'])
  expect(text).not.toMatch(/\.node["']|better-sqlite3|argon2|["']pg["']/)
})

test('Every function of the server takes its migrations, its native modules and the driver of PostgreSQL along', () => {
  const withDatabase = /^\/(\((contracts|signed-in)\)|api|oauth)\//
  const entries = nodeEntries().filter(([route]) => withDatabase.test(route))
  expect(entries.length).toBeGreaterThan(20)
  for (const [route, entry] of [...entries, ['the start', 'instrumentation.js'] as const]) {
    const files = tracedBy(entry)
    expect(files, route).toEqual(expect.arrayContaining(NEEDED))
    expect(
      files.some((file) => /@node-rs\/argon2-[\w-]+\/.*\.node$/.test(file)),
      route,
    ).toBe(true)
    expect(
      files.filter((file) => !existsSync(join(folder, file))),
      route,
    ).toEqual([])
    expect(
      files.filter((file) => /^\.env|^\.data/.test(file)),
      route,
    ).toEqual([])
    // No other file of this repository: a dynamic path that the bundler cannot resolve would include all of it.
    expect(
      files.filter((file) => !/^(?:node_modules|\.next|db\/\w+\/migrations)\//.test(file)),
      route,
    ).toEqual([])
  }
})

test('vercel.json names what exists: its cron is a route', () => {
  const { crons } = JSON.parse(readFileSync('vercel.json', 'utf8'))
  const routes = Object.keys(read('server/app-paths-manifest.json'))
  for (const { path } of crons) expect(routes).toContain(`${path}/route`)
  expect(crons).toHaveLength(1)
})

function roomOf(path: string): string {
  return path.split('/', 1)[0] ?? path
}
