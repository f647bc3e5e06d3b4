import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gateFile } from '@/scripts/support/gate-file.mjs'
import { expectLinear, growthOf } from '@/testing/growth'

/** The sources that may run on a request. The patterns of `db` see only the app's own SQL statements. */
const SOURCES = ['app', 'contracts', 'edge', 'http', 'server', 'session']
  .flatMap((room) => readdirSync(room, { recursive: true }).map((path) => join(room, String(path))))
  .filter((path) => /\.tsx?$/.test(path))
  .filter((path) => !/\.(test|suite|worker)\.ts$|\/(model)/.test(path))
/** A regular expression literal: it follows a character or word that can only stand before a value. */
const LITERAL =
  /(?<=(?:[(=,:?[!&|]|return)\s*)\/(?![/*])((?:\[(?:\\.|[^\]\\\n])+\]|\\.|[^/[\\\n])+)\/([a-z]*)/g
const patterns = [...SOURCES, gateFile() ?? ''].flatMap((path) =>
  [
    ...readFileSync(path, 'utf8')
      .replace(/^\s*(?:\*|\/\/|\/\*\*).*$/gm, '')
      .matchAll(LITERAL),
  ].map(([text, source = '', flags]) => ({ path, text, pattern: new RegExp(source, flags) })),
)

/** What a header, path, query or body can begin with, repeat many times, and end with. */
const BEGINNINGS = ['', 'a', '/', '%', 'Basic ', 'Bearer ', '00-', '    at ', '[', '?', 'eyJ.e.']
const PUMPS = [
  ' ',
  '\t',
  'a',
  '0',
  '.',
  '-',
  '=',
  '%',
  '%4',
  '%ff',
  ',',
  ';',
  ':',
  '?',
  '/',
  'a.',
  ' a',
  '\n',
  '\n    at ',
]
const ENDS = ['', '!', '\n', ' ', '\u00e9']
const SIZE = 1000

describe('F38 each pattern that can run on a request', () => {
  it('is found by reading the sources', () => {
    const found = patterns.map(({ text }) => text)
    expect(found.length).toBeGreaterThan(20)
    expect(found).toContain('/^Bearer /i')
    expect(found).toContain('/%(?![0-9a-f]{2})/gi')
  })

  it.each(patterns)('$path $text takes time linear in its input', async ({ pattern }) => {
    const texts = BEGINNINGS.flatMap((begin) =>
      PUMPS.flatMap((pump) =>
        ENDS.map((end) => (size: number) => begin + pump.repeat(size / pump.length) + end),
      ),
    )
    const slow = texts.map((text) => {
      const large = text(SIZE * 8)
      const from = performance.now()
      large.replace(pattern, '')
      return { text, ms: performance.now() - from }
    })
    // If the pattern is not linear on some input, that input is among the slowest.
    for (const { text } of slow.toSorted((a, b) => b.ms - a.ms).slice(0, 3)) {
      await expectLinear(replaceIn(text, pattern), SIZE)
    }
  })

  it('is found to be slow if it takes quadratic time', async () => {
    const work = replaceIn((size) => `a${' '.repeat(size)}b`, / +$/)
    expect(await growthOf(work, SIZE)).toBeGreaterThan(32)
  })
})

function replaceIn(text: (size: number) => string, pattern: RegExp): (size: number) => string {
  const texts = new Map([SIZE, SIZE * 8].map((size) => [size, text(size)]))
  return (size) => (texts.get(size) ?? '').replace(pattern, '')
}
