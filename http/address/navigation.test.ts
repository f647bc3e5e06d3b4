import { expect, it } from 'vitest'
import { isNavigation } from './navigation'

it.each<[string, Record<string, string>, boolean]>([
  ['a request of a browser for a document', { 'sec-fetch-mode': 'navigate' }, true],
  ['a script’s fetch', { 'sec-fetch-mode': 'cors' }, false],
  ['a fetch that would take HTML', { 'sec-fetch-mode': 'cors', accept: 'text/html' }, false],
  [
    'a request of a browser on plain http',
    { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    true,
  ],
  ['the router’s fetch on plain http', { accept: '*/*' }, false],
  ['a server action on plain http', { accept: 'text/x-component' }, false],
  ['a request of a program', {}, false],
])('%s is a navigation: %s', (_, headers, navigates) => {
  expect(isNavigation(new Headers(headers))).toBe(navigates)
})
