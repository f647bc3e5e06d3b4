import { describe, expect, it } from 'vitest'
import { readRedirectMark, withRedirectMark } from './redirect-mark'

describe('the mark of an address to which a client was redirected', () => {
  it.each([
    ['', null],
    ['?a=1', null],
    ['?_again=1', '1'],
    ['?a=%E9&_again=2&b', '2'],
    ['?_again=host', 'host'],
    ['?_again=3', null],
    ['?_again=', null],
    ['?x_again=1', null],
    ['?a=_again=1', null],
  ])('in %j is %j', (search, again) => {
    expect(readRedirectMark(search)).toBe(again)
  })

  it.each([
    ['', '1', '?_again=1'],
    ['?', '1', '?_again=1'],
    ["?a=b%20c&flag&d=~'(e)&f=%E9", '1', "?a=b%20c&flag&d=~'(e)&f=%E9&_again=1"],
    ['?a&_again=1', '2', '?a&_again=2'],
    ['?_again=1&_again=2&a', 'host', '?a&_again=host'],
    ['?a=b%20c&_again=2', null, '?a=b%20c'],
    ['?_again=2', null, ''],
    ['?a=b%20c', null, '?a=b%20c'],
  ] as const)('F34 F35 is put into %j as %j: %j', (search, again, marked) => {
    expect(withRedirectMark(search, again)).toBe(marked)
  })
})
