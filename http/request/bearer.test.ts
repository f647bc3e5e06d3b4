import { describe, expect, it } from 'vitest'
import { bearerToken } from './bearer'

describe('a Bearer token', () => {
  it.each([
    ['Bearer abc.def-_', 'abc.def-_'],
    ['bearer abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Bearer    abc', 'abc'],
    ['Bearer abc ', 'abc'],
    ['Bearer abc def', 'abc def'],
    ['Bearer', null],
    ['Bearer ', null],
    ['Bearerabc', null],
    ['Basic abc', null],
    ['Basic Bearer abc', null],
    ['Bearer\tabc', null],
    ['', null],
  ])('of "%s" is %s', (authorization, token) => {
    expect(bearerToken(new Headers({ authorization }))).toBe(token)
  })

  it('is null without the header', () => {
    expect(bearerToken(new Headers())).toBeNull()
  })
})
