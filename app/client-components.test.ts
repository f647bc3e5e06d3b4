import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const app = fileURLToPath(new URL('.', import.meta.url))
/** What a client component may import: other files of app/, the client, React and Next.js. */
const ALLOWED = /^(\.|@\/client\/|react(-dom)?(\/|$)|next\/)/

test('Components that run in the browser import the client, and no other room', () => {
  const components = readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx') || path.endsWith('.ts'))
    .map((path) => [path, readFileSync(app + path, 'utf8')] as const)
    .filter(([, text]) => text.startsWith("'use client'"))
  expect(components.length).toBeGreaterThan(10)
  const strays = components.flatMap(([path, text]) =>
    [...text.matchAll(/^import (?!type )[^;]*?'([^']+)'$/gm)]
      .map(([, name = '']) => name)
      .filter((name) => !ALLOWED.test(name))
      .map((name) => `${path}: ${name}`),
  )
  expect(strays).toEqual([])
})
