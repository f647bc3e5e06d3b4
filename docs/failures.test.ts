import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const UNSEEN = new Set(['node_modules', '.next', '.bench', '.in-process', '.git'])

const tests = testFilesIn('.').map((path) => ({ path, numbers: numbersOf(path) }))
const entries = readFileSync('docs/failures.md', 'utf8')
  .split(/^### (?=F\d+ .)/m)
  .slice(1)
  .map((entry) => [entry.split(' ', 1)[0] ?? '', entry] as const)
const listed = entries.map(([number]) => number)

describe('docs/failures.md', () => {
  it('has an entry for each failure that a test names in its title or tag', () => {
    const named = new Set(tests.flatMap(({ numbers }) => numbers))
    expect(named.size).toBeGreaterThanOrEqual(50)
    for (const number of named) expect(listed).toContain(number)
  })

  it.each([
    [
      'npx vitest run -t',
      (number: string) => [`${number} A title`, `a suite ${number}, F99 A title`],
    ],
    ['npx playwright test -g', (number: string) => [`machine a.spec.ts A title @heavy @${number}`]],
  ])('has a command that runs the tests of one failure: %s', (command, textsOf) => {
    const page = readFileSync('docs/failures.md', 'utf8')
    const [, pattern = ''] = page.match(new RegExp(`\`${command} '([^'\`]*F33[^'\`]*)'\``)) ?? []
    expect(pattern).not.toBe('')
    for (const number of listed) {
      const runs = new RegExp(pattern.replace('F33', number))
      const others = listed.filter((other) => other !== number)
      for (const text of textsOf(number)) expect(text).toMatch(runs)
      for (const text of others.flatMap(textsOf)) expect(text).not.toMatch(runs)
    }
  })

  it('is numbered by a tag in the browser suite, and in front of a title elsewhere', () => {
    expect(tests.flatMap(misplaced)).toEqual([])
  })

  it('has the failures once each, in order, from F1 on', () => {
    expect(listed).toEqual(listed.map((_, index) => `F${index + 1}`))
  })

  it.each(entries)('names test files that show %s', (number, text) => {
    const [, shown = ''] = /^Shown by (.*)\.$/m.exec(text) ?? []
    const names = [...shown.matchAll(/`([\w./-]+\.(?:test|suite|spec)\.ts)`/g)]
    expect(names.length).toBeGreaterThan(0)
    for (const [, name] of names) {
      const files = tests.filter(({ path }) => path.endsWith(`/${name}`))
      expect(
        files.map(({ path }) => path),
        name,
      ).toHaveLength(1)
      expect(files[0]?.numbers, name).toContain(number)
    }
  })
})

function testFilesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return UNSEEN.has(entry.name) ? [] : testFilesIn(path)
    return /\.(?:test|suite|spec)\.ts$/.test(entry.name) ? [`./${path}`] : []
  })
}

/** The numbers that are a tag where titles have them, or in a title where tags have them. */
function misplaced({ path }: { path: string }): string[] {
  const source = readFileSync(path, 'utf8')
  const wrong = path.endsWith('.spec.ts') ? /['"`]F\d+\b/g : /['"`]@F\d+\b/g
  return (source.match(wrong) ?? []).map((found) => `${path}: ${found}`)
}

/** The numbers with which titles and tags begin, one or several, after an @ in a tag. */
function numbersOf(path: string): string[] {
  const titles = readFileSync(path, 'utf8').match(/(?<=['"`]@?)F\d+(?:,? F\d+)*\b/g) ?? []
  return [...new Set(titles.flatMap((title) => title.match(/F\d+/g) ?? []))]
}
