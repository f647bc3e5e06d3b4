import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isCopied } from './tree-copy.mjs'

describe('a copy of this tree', () => {
  it('has no folder that git ignores', () => {
    const lines = readFileSync('.gitignore', 'utf8').split('\n')
    const ignored = lines.filter((line) => /^[^/]+\/$/.test(line)).map((line) => line.slice(0, -1))
    expect(ignored).toContain('.screens')
    expect(ignored.filter(isCopied)).toEqual([])
  })

  it('has no settings of one developer', () => {
    expect(['.env.local', '.env.production.local'].filter(isCopied)).toEqual([])
  })

  it('has all that git knows, but the benchmark', () => {
    const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
    const entries = new Set(files.map((file) => file.split('/', 1)[0] as string))
    expect([...entries].filter((entry) => !isCopied(entry))).toEqual(['bench'])
  })
})
