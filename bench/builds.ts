import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gateFile, switchGate } from '../scripts/support/gate-file.mjs'

const LEFT_OUT = [
  'node_modules',
  '.next',
  '.git',
  '.data',
  '.bench',
  'test-results',
  'bench',
  '.in-process',
]
const CONSTANT_ROUTE = `export async function POST() {
  return Response.json({ token: 'constant', expiresIn: 900 })
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

/**
 * Makes three production builds of this tree. `product` has an additional route that returns a constant; in `idle`, middleware
 * does nothing; in `inProcess`, the gate runs as proxy.ts.
 */
export function makeBuilds(): { product: string; idle: string; inProcess: string } {
  const product = makeBuild('product', 'edge', {
    'app/api/auth/constant/route.ts': CONSTANT_ROUTE,
  })
  const idle = makeBuild('idle', 'edge', { 'middleware.ts': IDLE_MIDDLEWARE })
  const inProcess = makeBuild('in-process', 'in-process', {})
  return { product, idle, inProcess }
}

function makeBuild(
  name: string,
  gate: 'edge' | 'in-process',
  files: Record<string, string>,
): string {
  // A full copy: Turbopack takes the nearest folder with a lock file for the root.
  const folder = resolve('.bench', name)
  if (process.argv.includes('--keep-builds') && existsSync(join(folder, '.next/BUILD_ID'))) {
    return folder
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const entry of execFileSync('ls', ['-A'], { encoding: 'utf8' }).trim().split('\n')) {
    if (!LEFT_OUT.includes(entry)) cpSync(entry, join(folder, entry), { recursive: true })
  }
  switchGate(gate, folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  execFileSync('cp', ['-al', resolve('node_modules'), join(folder, 'node_modules')])
  execFileSync('node', ['node_modules/next/dist/bin/next', 'build'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return folder
}
