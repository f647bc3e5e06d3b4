import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = readdirSync('docs', { recursive: true }).map((file) => join('docs', `${file}`))
const pages = [...readdirSync('.'), ...files].filter((file) => file.endsWith('.md'))
const textOf = (file: string) => readFileSync(file, 'utf8')

describe.each(pages)('%s', (page) => {
  it('names commands that are there', () => {
    const { scripts } = JSON.parse(textOf('package.json'))
    const named = textOf(page).matchAll(/\bnpm run (?:--[\w-]+ )*([a-z][\w-]*(?::[\w-]+)?)/g)
    for (const [, name = ''] of named) expect(Object.keys(scripts)).toContain(name)
  })

  it('leads to files and places that are there', () => {
    for (const [, to = ''] of textOf(page).matchAll(/\]\(([^)\s]*)\)/g)) {
      if (/^https?:/.test(to)) continue
      const [path = '', place] = to.split('#')
      const target = path === '' ? page : join(dirname(page), path)
      const text = textOf(target)
      if (place !== undefined) expect(placesOf(text), to).toContain(place)
    }
  })

  it('imports what is exported, in code to copy', () => {
    const imports = textOf(page).matchAll(/^import \{ ([\w, ]+) \} from '@\/([\w./()-]+)'$/gm)
    for (const [, names = '', path = ''] of imports) {
      // What docs/adopting.md takes from the app that it comes into.
      if (path.startsWith('lib/')) continue
      const file = [`${path}.ts`, `${path}.tsx`].find((candidate) => existsSync(candidate)) ?? path
      const exported = [...textOf(file).matchAll(/^export (?:async )?\w+ (\w+)/gm)]
      for (const name of names.split(', '))
        expect(
          exported.map(([, found]) => found),
          file,
        ).toContain(name)
    }
  })
})

describe('README.md', () => {
  it('is short, and names the command with which everything is checked', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThan(200)
    expect(textOf('README.md')).toMatch(/^npm run verify /m)
  })

  it('leads to every page, and docs/architecture.md to every decision', () => {
    const linkedBy = (page: string) =>
      [...textOf(page).matchAll(/\]\(([^)#\s]*)/g)].map(([, to = '']) => join(dirname(page), to))
    const isDecision = (page: string) => page.startsWith('docs/decisions/')
    const own = pages.filter((page) => page !== 'README.md' && !isDecision(page))
    expect(linkedBy('README.md')).toEqual(expect.arrayContaining(own))
    const decisions = pages.filter(isDecision)
    expect(linkedBy('docs/architecture.md')).toEqual(expect.arrayContaining(decisions))
  })
})

describe.each(pages.filter((page) => page.startsWith('docs/decisions/')))('%s', (page) => {
  it('has a date and a status at its head, and closes with its consequences', () => {
    expect(textOf(page)).toMatch(
      /^# .+\n\n- Date: 20\d\d-\d\d-\d\d(, revised 20\d\d-\d\d-\d\d)?\n- Status: \w+.*\n\n/,
    )
    const [last] = [...textOf(page).matchAll(/^## (.*)$/gm)].slice(-1)
    expect(last?.[1]).toBe('Consequences')
  })
})

/** The anchors of a page's headings, as GitHub makes them. */
function placesOf(text: string): string[] {
  return [...text.matchAll(/^##+ (.*)$/gm)].map(([, title]) =>
    `${title}`
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}
