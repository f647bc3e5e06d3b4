import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gateFile, switchGate } from './gate-file.mjs'

const MATCHER = "\n// Mine.\nexport const config = { matcher: '/((?!_next/static/|mine$).*)' }\n"
let folder: string
const read = (file: string) => readFileSync(join(folder, file), 'utf8')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rekindle-gate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the switch of the gate', () => {
  it('moves this repository’s gate into the process of the server and back, byte for byte', () => {
    const own = readFileSync(gateFile() ?? '', 'utf8')
    const name = gateFile() === 'proxy.ts' ? 'in-process' : 'edge'
    writeFileSync(join(folder, gateFile() ?? ''), own)
    for (const each of ['in-process', 'edge', name]) switchGate(each, folder)
    expect(readdirSync(folder)).toEqual([gateFile()])
    expect(read(gateFile() ?? '')).toBe(own)
  })

  it('keeps a matcher that the app has changed, and leaves one file', () => {
    writeFileSync(
      join(folder, 'middleware.ts'),
      `export { middleware } from '@/edge/middleware'\n${MATCHER}`,
    )
    expect(switchGate('in-process', folder)).toBe('proxy.ts')
    expect(switchGate('in-process', folder)).toBe('proxy.ts')
    expect(readdirSync(folder)).toEqual(['proxy.ts'])
    expect(read('proxy.ts')).toBe(`export { proxy } from '@/server/gate/proxy'\n${MATCHER}`)
  })

  it('changes nothing of a file that calls the gate itself, and says what to write', () => {
    const own = "import { middleware as gate } from '@/edge/middleware'\n"
    writeFileSync(join(folder, 'middleware.ts'), own)
    expect(() => switchGate('in-process', folder)).toThrow("from '@/server/gate/proxy'")
    expect(readdirSync(folder)).toEqual(['middleware.ts'])
    expect(read('middleware.ts')).toBe(own)
  })

  it('refuses a name that is no gate’s, and a folder without a gate', () => {
    for (const name of [undefined, 'node', 'constructor']) {
      expect(() => switchGate(name, folder)).toThrow('edge, in-process')
    }
    expect(() => switchGate('edge', folder)).toThrow('neither')
  })
})
