import * as fs from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { moveNoOverwrite } from './move-no-overwrite'

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  return { ...real, linkSync: vi.fn(real.linkSync) }
})

/** Makes link(2) fail with `code`. As on Linux, EEXIST and ENOENT are found before the file system is asked for a link. */
function refuseLinks(code: string): void {
  vi.mocked(fs.linkSync).mockImplementation((from, to) => {
    fs.statSync(from)
    const said = fs.existsSync(to) ? 'EEXIST' : code
    throw Object.assign(new Error(said), { code: said })
  })
}

let directory: ReturnType<typeof temporaryDirectory>
const at = (name: string) => join(directory.path, name)
beforeEach(() => {
  directory = temporaryDirectory()
  fs.writeFileSync(at('old'), 'whole')
})
afterEach(() => {
  vi.mocked(fs.linkSync).mockReset()
  directory.remove()
})

describe.each(['', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])('where a link is %j', (code) => {
  beforeEach(() => {
    if (code !== '') refuseLinks(code)
  })

  it('moves a file to a new name', () => {
    moveNoOverwrite(at('old'), at('new'))
    expect(fs.readFileSync(at('new'), 'utf8')).toBe('whole')
    expect(fs.readdirSync(directory.path)).toEqual(['new'])
  })

  it('overwrites nothing, and reserves no name when there is nothing to move', () => {
    fs.writeFileSync(at('new'), 'mine')
    expect(() => moveNoOverwrite(at('old'), at('new'))).toThrow('EEXIST')
    expect(() => moveNoOverwrite(at('none'), at('other'))).toThrow('ENOENT')
    expect(fs.readFileSync(at('new'), 'utf8')).toBe('mine')
    expect(fs.readdirSync(directory.path)).toEqual(['new', 'old'])
  })
})

it('overwrites no file that takes the name at the last moment', () => {
  vi.mocked(fs.linkSync).mockImplementation((_from, to) => {
    fs.writeFileSync(to, 'mine')
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
  })
  expect(() => moveNoOverwrite(at('old'), at('new'))).toThrow('EEXIST')
  expect(fs.readFileSync(at('new'), 'utf8')).toBe('mine')
})

it('throws if a link fails for another reason', () => {
  refuseLinks('EIO')
  expect(() => moveNoOverwrite(at('old'), at('new'))).toThrow('EIO')
  expect(fs.readdirSync(directory.path)).toEqual(['old'])
})
