import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedTarget, decodableTarget, originForm, servableMethod } from './request-line'

describe('a method', () => {
  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s stays', (method) => {
    expect(servableMethod(method)).toBe(method)
  })

  it.each(['TRACE', 'PROPFIND', 'M-SEARCH', 'get', ''])(
    '%s becomes one that no route handles',
    (method) => {
      expect(servableMethod(method)).toBe('PUT')
    },
  )
})

describe('a target', () => {
  it.each([
    ['/', '/'],
    ['/a%20b/%C3%A9?x=%', '/a%20b/%C3%A9?x=%'],
    ['*', '/*'],
    ['/x%c0%af', '/x%EF%BF%BD'],
    ['/x%ff?q=%ff', '/x%EF%BF%BD?q=%ff'],
    ['/x%', '/x%25'],
    ['/x%2', '/x%252'],
    ['/%2F%zz', '/%2F%25zz'],
  ])('%s becomes %s', (target, expected) => {
    expect(decodableTarget(target)).toBe(expected)
  })

  it.each([
    ['/a?b=http://c', '/a?b=http://c'],
    ['//evil.example/a', '//evil.example/a'],
    ['*', '*'],
    ['http://localhost:3000/a/b?c#d', '/a/b?c#d'],
    ['http://evil.example/a', '/a'],
    ['HTTPS://user@evil.example:81/a?b=http://c/d', '/a?b=http://c/d'],
    ['http://evil.example', '/'],
    ['http://evil.example?a=b/c', '/?a=b/c'],
    ['http://evil.example#a', '/#a'],
    ['http://evil.example//a', '//a'],
    ['http:///a', '/a'],
    ['evil.example:443', '/'],
  ])('F36 %s has the path and query %s', (target, expected) => {
    expect(originForm(target)).toBe(expected)
  })

  it.each([
    ['/', '/'],
    ['/a&b', '/a&b'],
    [`/x?${'q&'.repeat(255)}q`, `/x?${'q&'.repeat(255)}q`],
    [`/x?${'q&'.repeat(256)}q`, `/x?${'q&'.repeat(255)}q`],
    [`/x?${'&'.repeat(9000)}`, `/x?${'&'.repeat(255)}`],
  ])('has at most 256 parameters', (target, expected) => {
    expect(boundedTarget(target)).toBe(expected)
  })

  it('can always be decoded, and is unchanged if it already could be', () => {
    const piece = fc.constantFrom('%', '%ff', '%c3%a9', '%2f', '%25', '%e', 'a', '/', 'é', '\\')
    fc.assert(
      fc.property(fc.string({ unit: piece }), (path) => {
        const target = decodableTarget(path)
        expect(() => decodeURIComponent(target)).not.toThrow()
        expect(decodableTarget(target)).toBe(target)
      }),
    )
  })
})
