import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const run = (...parameters: string[]) =>
  execFileSync(process.execPath, parameters, { cwd: root, encoding: 'utf8' })

beforeAll(() => {
  run('scripts/package-build.mjs', 'client')
})

/** What a bundler makes of a program that uses the package, React aside. */
async function bundle(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: `${root}client/dist` },
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'error',
    format: 'esm',
    target: 'es2022',
    external: ['react'],
  })
  return outputFiles[0]?.text ?? ''
}

const CORE = "export { createClient } from './client.js'"

test.each([
  ['client', CORE, 3072],
  ['client and client/react', `${CORE}\nexport { useSession } from './react.js'`, 3686],
])('Size: %s, minified and gzipped', async (name, program, limit) => {
  const size = gzipSync(await bundle(program), { level: 9 }).length
  console.log(`${name}: ${size} of ${limit} bytes gzipped`)
  expect(size).toBeLessThanOrEqual(limit)
})

test('Tree-shaking: a program that uses one contract has one, and what it does not use is not there', async () => {
  const one = "import { oauth } from './contracts/oauth.js'\nconsole.log(oauth.login)"
  const alone = await bundle(one)
  expect(alone).toContain('/oauth/token')
  expect(alone).not.toMatch(/AbortController|refreshtoken|refresh_token"|BroadcastChannel/)
  const core = await bundle(CORE)
  expect(core).not.toMatch(/oauth|refreshtoken|useSyncExternalStore|assign\(`/)
  const nothing = await bundle(
    "import './client.js'\nimport './react.js'\nimport './contracts/oauth.js'",
  )
  expect(nothing.trim()).toMatch(/^(import"react";)?$/)
})

test.each(['dom', 'node', 'bare', 'source'])('Types: strict, with the lib of %s.json', (name) => {
  run('node_modules/typescript/bin/tsc', '-p', `client/types/${name}.json`)
})

test('npm pack makes a package that Node imports, with types for every entry', () => {
  const listing = execFileSync('npm', ['pack', '--dry-run', '--json', './client'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const parsed = JSON.parse(listing)
  const { name, files } = Array.isArray(parsed) ? parsed[0] : Object.values(parsed)[0]
  expect(name).toBe('rekindle-client')
  const paths = files.map((file: { path: string }) => file.path)
  for (const entry of ['client', 'react', 'redirect', 'contracts/oauth']) {
    expect(paths).toContain(`dist/${entry}.js`)
    expect(paths).toContain(`dist/${entry}.d.ts`)
  }
  expect(paths.filter((path: string) => /test|fake/.test(path))).toEqual([])
  const used = "import('./client/dist/client.js').then((m) => console.log(typeof m.createClient))"
  expect(run('-e', used).trim()).toBe('function')
})
