import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openKeyring } from '@/session/keys/keyring'
import { createAccessTokens } from '@/session/tokens/access-token'
import { createChallenges } from '@/session/tokens/challenge'
import { createRefreshTokens } from '@/session/tokens/refresh-token'
import {
  type CookieRole,
  cookieName,
  cookiePairs,
  deleteCookie,
  readCookies,
  replaceCookies,
  setCookie,
} from './cookies'

const readCookie = (header: string | null, name: string) => readCookies(header, name)[0] ?? null

const ROLES: CookieRole[] = ['access', 'refresh', 'challenge', 'device']
const plain = { secure: false, sameSite: 'lax' } as const
const https = { secure: true, sameSite: 'strict' } as const

describe('a cookie that is set', () => {
  it('is host-only, HttpOnly, and expires with its token', () => {
    expect(setCookie('access', 'v', 900, plain)).toBe(
      'access_token=v; Path=/; Max-Age=900; HttpOnly; SameSite=Lax',
    )
    expect(setCookie('refresh', 'v', 900, https)).toBe(
      '__Host-refresh_token=v; Path=/; Max-Age=900; HttpOnly; SameSite=Strict; Secure',
    )
  })

  it.each(ROLES)('meets the requirements of the prefix __Host- on https: %s', (role) => {
    const attributes = setCookie(role, 'v', 1, https).split('; ').slice(1)
    expect(cookieName(role, https)).toMatch(/^__Host-[a-z_]+$/)
    expect(attributes).toContain('Secure')
    expect(attributes).toContain('Path=/')
    expect(attributes).toContain('HttpOnly')
    expect(attributes.join()).not.toMatch(/domain/i)
    expect(cookieName(role, plain)).not.toMatch(/^__/)
  })

  it.each(ROLES)('is deleted with the attributes with which it was set: %s', (role) => {
    for (const policy of [plain, https]) {
      const set = setCookie(role, 'v', 900, policy)
      const expected = set.replace('=v;', '=;').replace('Max-Age=900', 'Max-Age=0')
      expect(deleteCookie(role, policy)).toBe(expected)
    }
  })

  it('F20 is far below 4 KB, with the longest of everything', async () => {
    const now = 1_800_000_000_000
    const keyring = await openKeyring(['a'.repeat(64)])
    const origin = `https://${'a'.repeat(60)}.example`
    const session = { id: 'x'.repeat(22), userId: 'y'.repeat(22), expiresAt: now * 2 }
    const audience = { issuer: origin, audience: origin }
    const access = await createAccessTokens(keyring, audience, 900_000).issue(session, now)
    const position = { generation: 999_999, branch: 8 }
    const refresh = await createRefreshTokens(keyring).issue(session, position, now * 2, now)
    const challenge = await createChallenges(keyring).issue(session.id, position, 2, now)
    const lines = [
      setCookie('access', access.token, 1_296_000, https),
      setCookie('refresh', refresh.token, 2_592_000, https),
      setCookie('challenge', challenge, 60, https),
    ]
    for (const line of lines) expect(line.length).toBeLessThan(1024)
    expect(lines.join('').length).toBeLessThan(2048)
  })
})

describe('reading a cookie', () => {
  it.each([
    ['a=1', '1'],
    ['a=1; b=2', '1'],
    ['b=2; a=1', '1'],
    ['b=2;a=1', '1'],
    [' \t a \t = \t 1 \t ;', '1'],
    ['a=1=2==', '1=2=='],
    ['a=; a=2', '2'],
    ['a=1; a=2', '1'],
    ['a="1"', '"1"'],
    ['aa=1', null],
    ['A=1', null],
    ['b=a=1', null],
    ['a', null],
    ['=a', null],
    ['=a=1', null],
    ['a=', null],
    ['', null],
    [';;;', null],
  ])('of %s gives %s', (header, value) => {
    expect(readCookie(header, 'a')).toBe(value)
  })

  it('gives nothing without a header, or for a name that every object has', () => {
    expect(readCookie(null, 'a')).toBeNull()
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(readCookie('a=1', name)).toBeNull()
      expect(readCookie(`${name}=1`, name)).toBe('1')
    }
  })

  it('F33 gives each value of several cookies of one name once, and four at most', () => {
    expect(readCookies('a=1; b=x; a=; a=2; a=1', 'a')).toEqual(['1', '2'])
    const many = Array.from({ length: 50 }, (_, n) => `a=${n}`).join('; ')
    expect(readCookies(many, 'a')).toEqual(['0', '1', '2', '3'])
  })

  // Browsers check the prefix on the raw name. A server that trims more than they do would defeat that check.
  it.each(['\u00a0', '\ufeff', '\u2000', '\u3000', '\u000b', '\u000c', '\u0085'])(
    'is not fooled by %j in front of a prefixed name, which any sibling subdomain can set',
    (space) => {
      const name = cookieName('refresh', https)
      expect(readCookie(`${space}${name}=evil`, name)).toBeNull()
      expect(readCookie(`${name}${space}=evil`, name)).toBeNull()
      expect(readCookie(`${space}${name}=evil; ${name}=mine`, name)).toBe('mine')
      const replaced = replaceCookies(`${space}${name}=evil`, { [name]: 'mine' })
      expect(readCookie(replaced, name)).toBe('mine')
    },
  )
})

describe('replacing cookies', () => {
  it.each([
    [null, 'a=new'],
    ['', 'a=new'],
    ['b=2', 'b=2; a=new'],
    ['a=old', 'a=new'],
    ['a=old; a=older; b=2;  a =oldest', 'b=2; a=new'],
    ['a', 'a=new'],
    ['aa=1; A=2', 'aa=1; A=2; a=new'],
    ['constructor=1; __proto__=2; toString=3', 'constructor=1; __proto__=2; toString=3; a=new'],
  ])('in %s gives %s', (header, replaced) => {
    expect(replaceCookies(header, { a: 'new' })).toBe(replaced)
  })

  it('makes the new value the only one, and keeps every other cookie', () => {
    const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'A', '')
    const value = fc.stringMatching(/^[\w.=-]{0,8}$/)
    const pairs = fc.array(fc.tuple(name, value), { maxLength: 8 })
    fc.assert(
      fc.property(pairs, (old) => {
        const header = old.map(([n, v]) => `${n}=${v}`).join('; ')
        const replaced = replaceCookies(header, { a: 'new' })
        expect(replaced.match(/(?:^|; )a=/g)).toHaveLength(1)
        expect(readCookie(replaced, 'a')).toBe('new')
        for (const other of ['b', 'c', '__proto__', 'constructor', 'A']) {
          expect(readCookie(replaced, other)).toBe(readCookie(header, other))
        }
      }),
    )
  })
})

describe('F33 replacing a cookie by several', () => {
  it('keeps their order', () => {
    expect(replaceCookies('a=1; b=x; a=2; a=3', { a: ['2', '3'] })).toBe('b=x; a=2; a=3')
  })
})

describe('the pairs of Set-Cookie lines', () => {
  it('are those that set a cookie, without deletions', () => {
    const lines = [
      setCookie('access', 'new', 900, plain),
      deleteCookie('challenge', plain),
      'odd',
      '=x; Path=/',
      'b=1=2',
    ]
    expect(cookiePairs(lines)).toEqual({ access_token: 'new', b: '1=2' })
  })

  it('are safe from names that every object has', () => {
    const pairs = cookiePairs(['__proto__=1', 'constructor=2'])
    expect(Object.entries(pairs)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
    expect(replaceCookies('__proto__=0; a=1', pairs)).toBe('a=1; __proto__=1; constructor=2')
    expect({}.constructor).toBe(Object)
  })
})
