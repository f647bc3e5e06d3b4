import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { transformSync } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'

const FLOOR = resolve('scripts/node-floor.cjs')
const complaint: (version: string, range: string) => string | null = createRequire(import.meta.url)(
  FLOOR,
).complaint
const { engines, scripts } = JSON.parse(readFileSync('package.json', 'utf8'))

const folder = mkdtempSync(join(tmpdir(), 'rekindle-floor-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the oldest Node that is served', () => {
  it.each(['20.8.1', '20.0.0', '18.20.8', '9.11.2', '6.17.1'])(
    '%s is too old, and the sentence names both versions',
    (version) => {
      expect(complaint(version, '>=20.9')).toBe(
        `Rekindle needs Node 20.9 or newer, and this is Node ${version}`,
      )
    },
  )

  it.each(['20.9.0', '20.10.0', '20.20.2', '21.0.0', '26.12.1', '100.0.0', '27.0.0-nightly1'])(
    '%s is new enough',
    (version) => expect(complaint(version, '>=20.9')).toBeNull(),
  )

  it('is what package.json says, in the one form that is understood', () => {
    expect(engines.node).toMatch(/^>=\d+(?:\.\d+){0,2}$/)
    expect(complaint(process.versions.node, engines.node)).toBeNull()
  })
})

it('the image has one Node in each of its stages, and it is new enough', () => {
  const stages = [...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM node:(\d+)(\S*)/gm)]
  expect(stages).toHaveLength(2)
  expect(new Set(stages.map(([line]) => line)).size).toBe(1)
  for (const [, major] of stages) expect(complaint(`${major}.0.0`, engines.node)).toBeNull()
})

describe('an older one', () => {
  it('is stopped with one line before it parses what it cannot', () => {
    const old = join(folder, 'old.cjs')
    const unreadable = join(folder, 'unreadable.mjs')
    writeFileSync(
      old,
      "Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } })\n",
    )
    writeFileSync(unreadable, 'syntax of a later Node\n')
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['-r', old, '-r', FLOOR, unreadable],
      { encoding: 'utf8' },
    )
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Rekindle needs Node 20.9 or newer, and this is Node 18.20.8\n',
    })
  })

  it('can read the file that stops it', () => {
    const source = readFileSync(FLOOR, 'utf8')
    const options = { minify: true, format: 'cjs' } as const
    const asItIs = transformSync(source, { ...options, target: 'esnext' }).code
    expect(transformSync(source, { ...options, target: 'es2015' }).code).toBe(asItIs)
  })

  it.each(['up', 'verify', 'verify:deep', 'start', 'dev', 'demo'])('is stopped by %s', (name) => {
    // By the long name: `next dev` passes it on in NODE_OPTIONS, where `-r` becomes `--r`, and stops its own server.
    expect(scripts[name]).toMatch(/^node --require=\.\/scripts\/node-floor\.cjs scripts\//)
  })
})
