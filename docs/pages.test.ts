import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isPublic, usesSession } from '@/edge/paths'

const files = readdirSync('docs', { recursive: true }).map((file) => join('docs', `${file}`))
const pages = [...readdirSync('.'), ...files].filter((file) => file.endsWith('.md'))
const textOf = (file: string) => readFileSync(file, 'utf8')

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => existsSync(file))
/** Two protocols of OTLP, folders that commands make, and the two files of which an app has one (`npm run gate`). */
const OTHER = new Set([
  ...['http/protobuf', 'http/json', 'client/dist', 'testing/kit/dist', '.in-process'],
  ...['middleware.ts', 'proxy.ts'],
])
const rooms = new Set(tracked.flatMap((file) => (file.includes('/') ? file.split('/', 1) : [])))
const words = new Set(
  tracked
    .filter((file) => /\.(tsx?|m[jt]s|sql|ya?ml|conf|json)$|Dockerfile|^\.env/.test(file))
    .flatMap((file) => textOf(file).match(/[A-Za-z_]\w*/g) ?? []),
)

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

  it('names paths and code that are there', () => {
    const prose = textOf(page).replaceAll(/^```.*?^```/gms, '')
    const named = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
    expect(
      named.filter((text) => isPath(text) && !OTHER.has(text)).filter((path) => !isTracked(path)),
    ).toEqual([])
    // A name of two words at least: `keysOf`, `keysOf()`, `KEYS_OF`. One word may be of any language.
    const names = named.flatMap(
      (text) => /^(?:[a-z]+[A-Z]\w*|[A-Z]+_[A-Z_]+)(?=$|\()/.exec(text) ?? [],
    )
    expect(names.filter((name) => !words.has(name))).toEqual([])
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

/** True for a path that begins with a room of this repository, and for the name of a source file, the placeholder x aside. */
function isPath(text: string): boolean {
  if (/^[\w-]+(\.\w+)*\.(tsx?|mjs)$/.test(text)) return !/^x\./.test(text)
  return (
    /^[\w./()[\]-]+$/.test(text) && text.includes('/') && rooms.has(text.split('/', 1)[0] ?? '')
  )
}

/** True for a file, with its extension or without, a folder, and the end of a file's path. */
function isTracked(path: string): boolean {
  const clean = path.replace(/\/$/, '')
  return tracked.some(
    (file) =>
      `/${file}`.endsWith(`/${clean}`) ||
      file.startsWith(`${clean}/`) ||
      file.replace(/\.(tsx?|mjs)$/, '') === clean,
  )
}

it('docs/screens.md shows every picture that npm run screens makes', () => {
  const shown = [...textOf('docs/screens.md').matchAll(/\]\(screens\/([^)]+)\)/g)]
  expect(shown.map(([, name]) => name).sort()).toEqual(readdirSync('docs/screens').sort())
})

it('the decision records name every dependency', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json'))
  const records = pages.filter((page) => page.startsWith('docs/decisions/')).map(textOf)
  const named = new Set(records.join('\n').match(/[@\w][\w./@-]*\w/g))
  const own = Object.keys({ ...dependencies, ...devDependencies })
  expect(own.filter((name) => !name.startsWith('@types/') && !named.has(name))).toEqual([])
})

it('docs/glossary.md defines each word once, in alphabetical order', () => {
  const tables = textOf('docs/glossary.md').split('| --- | --- |').slice(1)
  const lists = tables.map((table) => [...table.matchAll(/^\| (.+?) \|/gm)].map(([, word]) => word))
  const defined = lists.map((words) => words.filter((word) => word !== 'word'))
  expect(defined.flat().length).toBeGreaterThan(30)
  expect(new Set(defined.flat()).size).toBe(defined.flat().length)
  for (const words of defined) expect(words).toEqual([...words].sort())
})

it('docs/decisions/0002-delivery.md lists the public pages that refresh first', () => {
  const [, listed = ''] =
    /Public pages that look at the session, (.*?), refresh\s+first/s.exec(
      textOf('docs/decisions/0002-delivery.md'),
    ) ?? []
  const named = [...listed.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)
  const isListed = (path: string) => isPublic(path) && usesSession(path)
  expect(named.sort()).toEqual(pathsOfPages().filter(isListed).sort())
})

/** The paths of the pages in `app/`, without the folders that are groups. */
function pathsOfPages(): string[] {
  return readdirSync('app', { recursive: true })
    .map(String)
    .filter((file) => /(^|\/)page\.tsx$/.test(file))
    .map((file) => `/${dirname(file).replace(/\([^)]*\)\/?|^\.$/g, '')}`)
}

/** The anchors of a page's headings, as GitHub makes them. */
function placesOf(text: string): string[] {
  return [...text.matchAll(/^##+ (.*)$/gm)].map(([, title]) =>
    `${title}`
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

it('docs/contracts-server.md has the file for nginx as it is tested', () => {
  const [, shown] = /^```nginx\n(.*?)^```/ms.exec(textOf('docs/contracts-server.md')) ?? []
  expect(shown).toBe(textOf('deploy/nginx-contracts.conf'))
})
