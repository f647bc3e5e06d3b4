import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { gateFile, switchGate } from '../scripts/support/gate-file.mjs'
import { copyTree } from '../scripts/support/tree-copy.mjs'

const CONSTANT_ROUTE = `export async function POST() {
  return Response.json({ token: 'constant', expiresIn: 900 })
}
`
const PAGE = `import { requireSession } from '@/server/auth/session/dal'
import { Greeting } from './greeting'

export default async function Page() {
  const { userName } = await requireSession('/bench')
  return <Greeting name={userName} />
}
`
/** The idle middleware runs for the same requests as the product's. */
const [MATCHER] = /export const config = {[^}]+}/.exec(readFileSync(gateFile() ?? '', 'utf8')) ?? []
const IDLE_MIDDLEWARE = `import { NextResponse } from 'next/server'
${MATCHER}
export function middleware() {
  return NextResponse.next()
}
`
/** The page that all variants serve. */
const SHARED_PAGE = 'bench/peers/page'
/** Next.js renders these into every page, so they have to be the same in all variants. */
const IN_EVERY_PAGE = ['layout', 'not-found']
/** Rekindle's icons, which are named in every page. */
const ICONS = ['favicon.ico', 'icon.svg']

/** The builds of this tree. */
export type BuildName = 'product' | 'idle' | 'in-process'

/**
 * Makes a production build of this tree that has the benchmark's page and an additional route that returns a constant. In
 * `idle`, middleware does nothing; in `in-process`, the gate runs as proxy.ts. Returns its folder.
 */
export function buildProduct(name: BuildName, keep: boolean): string {
  const page = { 'app/bench/page.tsx': PAGE, ...shared('greeting.jsx', 'greeting.d.ts') }
  const files = { ...page, 'app/api/auth/constant/route.ts': CONSTANT_ROUTE }
  const folder = resolve('.bench', name)
  if (keep && existsSync(join(folder, '.next/BUILD_ID'))) return folder
  // A full copy: Turbopack takes the nearest folder with a lock file for the root.
  copyTree(folder)
  switchGate(name === 'in-process' ? name : 'edge', folder)
  write(folder, name === 'idle' ? { ...files, 'middleware.ts': IDLE_MIDDLEWARE } : files)
  for (const name of IN_EVERY_PAGE) {
    rmSync(join(folder, `app/${name}.tsx`))
    cpSync(join(SHARED_PAGE, `${name}.jsx`), join(folder, `app/${name}.jsx`))
  }
  cpSync(join(SHARED_PAGE, 'layout.d.ts'), join(folder, 'app/layout.d.ts'))
  build(folder, 'node_modules/next/dist/bin/next')
  return folder
}

let areContractsBuilt = false

/** Makes the build of the contracts server of this tree, once. */
export function buildContracts(): void {
  if (areContractsBuilt) return
  execFileSync(process.execPath, ['scripts/contracts-server/build.mjs'], { stdio: 'inherit' })
  areContractsBuilt = true
}

function shared(...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [`app/bench/${name}`, readFileSync(join(SHARED_PAGE, name), 'utf8')]),
  )
}

/** The folder in which the peers' packages are installed and their apps are built. */
export const PEERS = resolve('.bench/peers')
const PEER_SOURCES = 'bench/peers'

/**
 * Installs what Rekindle is compared with, by the lock file of `bench/peers`, if that has changed. All variants share one
 * compiled SQLite driver, that of the app.
 */
export function installPeers(): void {
  mkdirSync(PEERS, { recursive: true })
  cpSync(PEER_SOURCES, PEERS, { recursive: true })
  const mark = join(PEERS, 'node_modules/.installed')
  const lock = digest(join(PEER_SOURCES, 'package-lock.json'))
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return
  console.log("installing the peers' packages …")
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: PEERS,
    stdio: 'inherit',
  })
  const driver = join(PEERS, 'node_modules/better-sqlite3')
  rmSync(driver, { recursive: true })
  cpSync('node_modules/better-sqlite3', driver, { recursive: true })
  writeFileSync(mark, lock)
}

/** Builds an app of `bench/peers/apps`, unless its sources are those of its last build. Returns its folder. */
export function buildPeer(name: string): string {
  const folder = join(PEERS, 'apps', name)
  const sources = [
    join(PEER_SOURCES, 'apps', name),
    SHARED_PAGE,
    join(PEER_SOURCES, 'package-lock.json'),
  ]
  const mark = join(folder, '.next/sources')
  const wanted = digest(...sources)
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return folder
  console.log(`building ${name} …`)
  rmSync(folder, { recursive: true, force: true })
  cpSync(join(PEER_SOURCES, 'apps', name), folder, { recursive: true })
  for (const file of readdirSync(SHARED_PAGE)) {
    const to = file === 'next.config.mjs' ? '.' : 'app'
    cpSync(join(SHARED_PAGE, file), join(folder, to, file))
  }
  for (const file of ICONS) cpSync(join('app', file), join(folder, 'app', file))
  build(folder, '../../node_modules/next/dist/bin/next')
  writeFileSync(mark, wanted)
  return folder
}

/** Builds in silence. Throws an Error with what the build printed if it fails. */
function build(folder: string, next: string): void {
  execFileSync(process.execPath, [next, 'build'], {
    cwd: folder,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** A digest of the contents of files, and of all files in folders. */
function digest(...paths: string[]): string {
  const hash = createHash('sha256')
  for (const path of paths) {
    const files = execFileSync('find', [path, '-type', 'f'], { encoding: 'utf8' })
      .trim()
      .split('\n')
    for (const file of files.sort()) hash.update(file).update(readFileSync(file))
  }
  return hash.digest('hex')
}
