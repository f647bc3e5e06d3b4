import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const outside = mkdtempSync(join(tmpdir(), 'rekindle-testing-package-'))
const installed = join(outside, 'node_modules/rekindle-testing')

/** Packs the package and unpacks the tarball in a project outside this tree, beside its peer. */
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/package-build.mjs', 'testing/kit'], { cwd: root })
  execFileSync('npm', ['pack', '--silent', '--pack-destination', outside, './testing/kit'], {
    cwd: root,
    stdio: 'ignore',
  })
  mkdirSync(installed, { recursive: true })
  const [tarball = ''] = readdirSync(outside).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', join(outside, tarball), '--strip-components=1', '-C', installed])
  symlinkSync(join(root, 'node_modules/@playwright'), join(outside, 'node_modules/@playwright'))
})

afterAll(() => rmSync(outside, { recursive: true, force: true }))

function files(): string[] {
  return readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(js|ts)$/.test(path),
  )
}

test('The tarball has a program and types for each entry, and no tests', () => {
  const { exports, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  const entries = [...Object.values<string>(exports), ...Object.values<string>(bin)]
  for (const entry of entries) {
    expect(files()).toContain(entry.slice(2))
    expect(files()).toContain(entry.slice(2).replace(/\.js$/, '.d.ts'))
  }
  expect(files().filter((path) => path.includes('test.'))).toEqual([])
})

test('The tarball imports its own files, Node and Playwright, and nothing of the app', () => {
  const imported = files().flatMap((path) => {
    const text = readFileSync(join(installed, path), 'utf8')
    return [...text.matchAll(/(?:from|import\(|import) ?['"]([^'"]+)['"]/g)].map(([, name]) => name)
  })
  expect(imported.length).toBeGreaterThan(20)
  const own = /^(\.\/[\w-]+\.js|node:[\w/]+|@playwright\/test)$/
  expect(imported.filter((name) => !own.test(`${name}`))).toEqual([])
})

test('Plain Node loads every entry of the tarball in a project that has Playwright alone', () => {
  const program = `
    import { createKit, expect, STATES, test } from 'rekindle-testing'
    import { createKit as same } from 'rekindle-testing/kit'
    import { openProxy } from 'rekindle-testing/proxy'
    const proxy = await openProxy(1)
    await proxy.close()
    console.log(typeof test.extend, typeof expect, createKit === same, STATES.length)`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: outside,
    encoding: 'utf8',
  })
  expect(said.trim()).toBe('function function true 10')
})

test('The proxy says how it is started', () => {
  const command = join(installed, 'dist/proxy-command.js')
  expect(() => execFileSync(process.execPath, [command], { stdio: 'pipe' })).toThrow(
    /Usage: rekindle-testing-proxy --to/,
  )
})
