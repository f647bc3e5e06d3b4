import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseReturnPath, parseSignInReason, SIGN_IN_REASONS, signInPath } from './return-path'

const ORIGIN = 'https://app.example'

describe('a return path', () => {
  it.each([
    ['/dashboard', '/dashboard'],
    ['/', '/'],
    ['/devices?tab=2#top', '/devices?tab=2#top'],
    ['/caf\u00e9', '/caf%C3%A9'],
    ['/a/../b', '/b'],
    ['/dashboard?_rsc=1abc', '/dashboard'],
    ['/devices?tab=2&_rsc=1abc&x=1', '/devices?tab=2&x=1'],
    ['/apiary', '/apiary'],
    ['/sign-in-sheet', '/sign-in-sheet'],
    ['/go?to=https://evil.example', '/go?to=https://evil.example'],
    ['/user@evil.example', '/user@evil.example'],
    ['/https://evil.example', '/https://evil.example'],
    ['/%2f%2fevil.example', '/%2f%2fevil.example'],
  ])('F24 %s leads to %s of this origin', (value, path) => {
    expect(parseReturnPath(value)).toBe(path)
    expect(new URL(path, ORIGIN).origin).toBe(ORIGIN)
  })

  it.each([
    '/search?q=a%20b%26c',
    '/search?q=a+b',
    '/search?flag',
    '/search?flag&&x=&=y',
    "/search?q=~'(c)!*",
    '/search?q=%E9',
    '/search?q=%e9%zz%',
    '/search?q=a/b?c:d@e,f;g|h[0]=i',
    "/a%20b/~'(c)!*?x=%41#%41",
  ])('F34 %s is kept byte for byte', (path) => {
    expect(parseReturnPath(path)).toBe(path)
    expect(new URLSearchParams(signInPath(path, null).slice('/sign-in?'.length)).get('next')).toBe(
      path,
    )
  })

  it.each([
    ['/search?_rsc=1abc&q=a%20b', '/search?q=a%20b'],
    ['/search?q=%E9&_rsc=1abc&flag', '/search?q=%E9&flag'],
    ['/search?%5Frsc=1&x_rsc=2', '/search?x_rsc=2'],
    ['/search?q=a%20b&_again=1', '/search?q=a%20b'],
  ])('F34 %s loses only the marks of the router and of a redirect', (value, path) => {
    expect(parseReturnPath(value)).toBe(path)
  })

  it.each([
    ['/search?q="<b>"', '/search?q=%22%3Cb%3E%22'],
    ['/search?q=caf\u00e9 au lait', '/search?q=caf%C3%A9%20au%20lait'],
  ])('characters that are not valid in a URL are encoded: %s', (value, path) => {
    expect(parseReturnPath(value)).toBe(path)
  })

  const hostile = [
    ...['//evil.example', '///evil.example', '////evil.example/x', '//evil.example@app.example'],
    ...[
      '//evil.example:443/x',
      '//[::1]/',
      '//%65vil.example',
      '//',
      '///',
      '//\u0000evil.example',
    ],
    ...['/\\evil.example', '/\\/evil.example', '\\\\evil.example', '\\/evil.example', '/x\\..\\y'],
    ...['/.//evil.example', '/..//evil.example', '/./..//evil.example', '/a/..//evil.example'],
    ...['/%2e//evil.example', '/%2E%2e//evil.example', '/a/%2e%2e//evil.example'],
    ...['/\t/evil.example', '/\n/evil.example', '/\r\n/evil.example', '\t//evil.example'],
    ...[' //evil.example', '\u00a0//evil.example', '\ufeff//evil.example', '/\u0000/evil.example'],
    ...['/x\r\nSet-Cookie: a=b', '/x\u007f', '/\u000b/evil.example', '/dashboard\n'],
    ...['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', 'vbscript:x'],
    ...['data:text/html,<script>1</script>', 'blob:https://evil.example/1', 'file:///etc/passwd'],
    ...['https://evil.example', 'https:/evil.example', 'https:evil.example', 'http://app.example'],
    ...['https://app.example@evil.example/', 'https://app.example.evil.example/', 'HTTPS:\\\\evil'],
    ...[
      'evil.example',
      'dashboard',
      './dashboard',
      '../dashboard',
      '?next=/x',
      '#x',
      '@evil.example',
    ],
    ...['\u2215\u2215evil.example', '\uff0f\uff0fevil.example', '\u3002\u3002/evil.example'],
    ...['%2f%2fevil.example', '%5c%5cevil.example', '&#47;/evil.example', '.', '..', ';/evil'],
    ...['/sign-in', '/sign-in?next=/sign-in', '/sign-in/', '/SIGN-IN', '/sign-up?x', '/sign-in#x'],
    ...['/api/auth/logout', '/api', '/API/me', '/_next/static/x', '/a/../api/me', '/a/../sign-in'],
    ...[`/${'a'.repeat(1024)}`, `/${'\u20ac'.repeat(500)}`, '', ' ', '\u0000'],
  ]

  it.each(hostile.map((value) => [JSON.stringify(value).slice(0, 60), value]))(
    'F24 %s leads nowhere',
    (_, value) => {
      expect(parseReturnPath(value)).toBeNull()
    },
  )

  it('F24 a full-width or encoded slash stays a part of the path', () => {
    for (const value of [
      '/\uff0fevil.example',
      '/%5cevil.example',
      '/%09/evil.example',
      '/\u2028/x',
    ]) {
      const path = parseReturnPath(value)
      expect(path).not.toBeNull()
      expect(new URL(path ?? '', ORIGIN).origin).toBe(ORIGIN)
      expect(path).toMatch(/^\/%/)
    }
  })

  it('leads nowhere if there is none', () => {
    expect(parseReturnPath(null)).toBeNull()
    expect(parseReturnPath(undefined)).toBeNull()
  })

  it('F24 any text at all stays on this origin, even if it is parsed a second time', () => {
    const piece = fc.constantFrom(
      ...[
        '/',
        '//',
        '\\',
        '.',
        '..',
        '%2e',
        '%2f',
        '%5c',
        '\t',
        '\n',
        ' ',
        '?',
        '#',
        '&',
        '=',
        '@',
      ],
      ...[
        ':',
        'https:',
        'javascript:',
        'evil.example',
        'app.example',
        '_rsc=1',
        '\u3002',
        '\uff0f',
      ],
      ...[
        'sign-in',
        'api',
        '\u0000',
        '\u00a0',
        '\ud800',
        'a',
        '[',
        ']',
        ';',
        '%',
        '%0a',
        '%00',
        '|',
      ],
    )
    const built = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    const unit = fc.integer({ min: 0, max: 0xffff })
    const codeUnits = fc.array(unit, { maxLength: 60 }).map((u) => String.fromCharCode(...u))
    const any = fc.oneof(
      built,
      built.map((text) => `/${text}`),
      codeUnits,
      codeUnits.map((text) => `/${text}`),
    )
    let kept = 0
    fc.assert(
      fc.property(any, (text) => {
        const path = parseReturnPath(text)
        if (path === null) return
        kept++
        for (const origin of [ORIGIN, 'http://localhost:3000', 'http://[::1]:3000']) {
          const url = new URL(path, `${origin}/sign-in?next=x`)
          expect(url.origin).toBe(origin)
          expect(url.username + url.password).toBe('')
          // Browsers encode an apostrophe in a query.
          const plain = (text: string) => text.replaceAll('%27', "'")
          expect(plain(url.pathname + url.search + url.hash)).toBe(plain(path))
        }
        expect(path).toMatch(/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/)
        expect(new URL(path, ORIGIN).searchParams.has('_rsc')).toBe(false)
        expect(path).not.toMatch(/^\/(?:sign-in|api)(?:[/?#]|$)/)
        expect(path.length).toBeLessThanOrEqual(1024)
        expect(parseReturnPath(path)).toBe(path)
      }),
      { numRuns: 2000 },
    )
    expect(kept).toBeGreaterThan(100)
  })
})

describe('the address of sign-in', () => {
  it.each([
    [null, null, '/sign-in'],
    ['/', null, '/sign-in'],
    ['/dashboard', null, '/sign-in?next=%2Fdashboard'],
    ['/a?b=c&d', 'expired', '/sign-in?next=%2Fa%3Fb%3Dc%26d&reason=expired'],
    ['//evil.example', 'reused', '/sign-in?reason=reused'],
    ['/sign-in?next=/x', null, '/sign-in'],
  ] as const)('F14 for %s and %s is %s', (next, reason, path) => {
    expect(signInPath(next, reason)).toBe(path)
  })

  it('F26 accepts a closed set of reasons and nothing else', () => {
    for (const reason of SIGN_IN_REASONS) expect(parseSignInReason(reason)).toBe(reason)
    for (const other of ['', 'EXPIRED', 'constructor', '__proto__', '0', '<b>', null, undefined]) {
      expect(parseSignInReason(other)).toBeNull()
    }
  })
})
