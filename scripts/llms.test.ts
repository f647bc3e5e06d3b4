import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { llmsText } from './llms.mjs'

it('public/llms.txt is what `npm run llms:build` makes of the docs', () => {
  expect(readFileSync('public/llms.txt', 'utf8')).toBe(llmsText())
})

it('llms.txt leads to each page of docs/', () => {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'))
  expect(pages.filter((name) => !llmsText().includes(`](docs/${name})`))).toEqual([])
})
