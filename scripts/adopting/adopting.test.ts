import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { filesToAdopt, packagesToAdopt } from './files.mjs'
import { blocksOf, follow } from './page.mjs'
import { inlinedItem, registry } from './registry.mjs'

const blocks = blocksOf(readFileSync('docs/adopting.md', 'utf8'))
const stepOf = (step: string) => blocks.filter((block) => block.step === step)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rekindle-adopting-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('docs/adopting.md', () => {
  it('copies the files of the list, and no other', async () => {
    const app = join(folder, 'app')
    mkdirSync(app)
    symlinkSync(process.cwd(), join(folder, 'rekindle'))
    for (const block of stepOf('1. Copy the files')) await follow(block, app)
    const copied = readdirSync(app, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(app.length + 1))
    expect(copied.sort()).toEqual(
      filesToAdopt()
        .map(({ target }) => target)
        .sort(),
    )
    expect(copied.length).toBeGreaterThan(150)
  })

  it('installs the packages that the files import, in the versions of this repository', () => {
    const [block] = stepOf('2. Install the packages')
    expect(JSON.parse(block?.code ?? '{}')).toEqual(packagesToAdopt())
  })

  it('takes under ten steps', () => {
    const steps = new Set(blocks.map(({ step }) => step).filter((step) => /^\d/.test(step)))
    expect(steps.size).toBeLessThan(10)
  })
})

describe('the list of files', () => {
  it('has each file that one of it imports', () => {
    const paths = new Set(filesToAdopt().map(({ path }) => path))
    const missing = [...paths].flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?:from |import\()'(@\/|\.[^']*?)([^'/]*)'/g)]
        .map(([specifier]) => specifier.replace(/^.*?'|'$/g, ''))
        .map((specifier) =>
          specifier.startsWith('@/') ? specifier.slice(2) : join(path, '..', specifier),
        )
        .filter((base) => ![base, `${base}.ts`, `${base}.tsx`].some((file) => paths.has(file)))
        .map((base) => `${path} imports ${base}`),
    )
    expect(missing).toEqual([])
  })

  it('names files that are there', () => {
    expect(filesToAdopt().filter(({ path }) => !existsSync(path))).toEqual([])
  })
})

describe('registry.json', () => {
  it('is what `npm run registry:build` makes', () => {
    expect(JSON.parse(readFileSync('registry.json', 'utf8'))).toEqual(registry())
  })
})

describe('the item with the text of each file', () => {
  it('has relative imports alone, each of a file of the item', () => {
    const { files } = inlinedItem()
    const targets = new Set(files.map(({ target }) => target.slice(2)))
    const wrong = files.flatMap(({ target, content }) =>
      [...content.matchAll(/(?:from |import\()'((?:@\/|\.)[^']*)'/g)]
        .map(([, specifier = '']) => [specifier, join(target.slice(2), '..', specifier)] as const)
        .filter(([, file]) => !['', '.ts', '.tsx'].some((ending) => targets.has(file + ending)))
        .map(([specifier]) => `${target} imports ${specifier}`),
    )
    expect(wrong).toEqual([])
    expect(files.length).toBe(filesToAdopt().length)
  })
})

describe('a block of a page', () => {
  it('merges JSON into what is there, and adds to .env.local', async () => {
    const block = { step: '', language: 'json', target: 'a.json' }
    await follow({ ...block, code: '{"a": {"b": 1}, "c": 2}' }, folder)
    await follow({ ...block, code: '{"a": {"d": [3]}, "c": null}' }, folder)
    expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toEqual({
      a: { b: 1, d: [3] },
    })
    const env = { step: '', language: 'ini', target: '.env.local' }
    await follow({ ...env, code: 'A=1\n' }, folder)
    await follow({ ...env, code: 'B=2\n' }, folder)
    expect(readFileSync(join(folder, '.env.local'), 'utf8')).toBe('A=1\nB=2\n')
  })

  it('names its step if its command fails', async () => {
    const block = { step: '3. Do it', language: 'sh', target: 'run', code: 'echo no; exit 7' }
    await expect(follow(block, folder)).rejects.toThrow(/3\. Do it.*7\nno/s)
  })
})
