import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseReturnPath, SIGN_IN_REASONS } from '@/http/address/return-path'
import {
  accessState,
  type GateDecision,
  type GateRequest,
  gate,
  mayPass,
  type RefreshOutcome,
  type RefreshResolution,
  resolveRefresh,
} from './gate'
import { isPublic, usesSession } from './paths'

const ORIGIN = 'https://app.example'
const page: GateRequest = {
  method: 'GET',
  pathname: '/dashboard',
  search: '',
  access: 'dead',
  hasAccessToken: false,
  hasRefreshToken: false,
  hasBearerToken: false,
  isServerAction: false,
  timesChallenged: 0,
  isStrictNavigation: false,
}
const withRefresh = { hasRefreshToken: true }
const action = { method: 'POST', isServerAction: true }
const api = { pathname: '/api/me' }
const MISSING = { kind: 'refuse', code: 'MISSING_ACCESS_TOKEN' } as const
const INVALID = { kind: 'refuse', code: 'INVALID_ACCESS_TOKEN' } as const

describe('the gate', () => {
  it.each<[string, Partial<GateRequest>, GateDecision]>([
    ['pass: the access token is good', { access: 'good' }, { kind: 'pass' }],
    [
      'pass: good, whatever other cookies there are',
      { access: 'good', ...withRefresh },
      { kind: 'pass' },
    ],
    ['pass: ending, and nothing to renew it with', { access: 'ending' }, { kind: 'pass' }],
    ['pass: an API client with a Bearer token', { ...api, hasBearerToken: true }, { kind: 'pass' }],
    [
      'pass: a Bearer token beats the cookies',
      { hasBearerToken: true, ...withRefresh },
      { kind: 'pass' },
    ],
    [
      'refresh: dead, and something to renew it with',
      withRefresh,
      { kind: 'refresh', accessOnly: false },
    ],
    [
      'refresh: within leeway of its end',
      { access: 'ending', ...withRefresh },
      { kind: 'refresh', accessOnly: false },
    ],
    [
      'refresh: a HEAD may bring cookies too',
      { method: 'HEAD', ...withRefresh },
      { kind: 'refresh', accessOnly: false },
    ],
    [
      'refresh: access only for a POST',
      { method: 'POST', ...withRefresh },
      { kind: 'refresh', accessOnly: true },
    ],
    [
      'refresh: access only for a server action',
      { ...action, ...withRefresh },
      { kind: 'refresh', accessOnly: true },
    ],
    [
      'refresh: access only for a DELETE',
      { ...api, method: 'DELETE', ...withRefresh },
      { kind: 'refresh', accessOnly: true },
    ],
    [
      'refresh: an API call is renewed like a page',
      { ...api, ...withRefresh },
      { kind: 'refresh', accessOnly: false },
    ],
    [
      'pass: a public file, whatever cookies there are',
      { pathname: '/robots.txt', ...withRefresh },
      { kind: 'pass' },
    ],
    ['pass: sign-in, and nothing to renew', { pathname: '/sign-in' }, { kind: 'pass' }],
    ...['/', '/sign-in', '/sign-up', '/docs'].map(
      (pathname): [string, Partial<GateRequest>, GateDecision] => [
        `F31 refresh: ${pathname} reads the session`,
        { pathname, ...withRefresh },
        { kind: 'refresh', accessOnly: false },
      ],
    ),
    ['sign-in: no cookies', {}, { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard' }],
    [
      'sign-in: with the query',
      { search: '?tab=2' },
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard%3Ftab%3D2' },
    ],
    [
      'sign-in: without the router’s own parameter',
      { search: '?_rsc=1abc' },
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard' },
    ],
    [
      'sign-in: a form post, which has no way back but its page',
      { method: 'POST' },
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard' },
    ],
    [
      'sign-in: a GET that claims to be an action',
      { isServerAction: true },
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard' },
    ],
    ['continue-signed-out: a server action', action, { kind: 'continue-signed-out' }],
    ['refuse: under /api/, without any token', api, MISSING],
    ['refuse: under /api/, with a dead access token', { ...api, hasAccessToken: true }, INVALID],
    ['refuse: /api itself', { pathname: '/api' }, MISSING],
    ['refuse: an API path that claims to be an action', { ...api, ...action }, MISSING],
    ['refuse: an API path from another site', { ...api, isStrictNavigation: true }, MISSING],
    [
      'reload-same-site: the browser withheld its strict cookies',
      { isStrictNavigation: true },
      { kind: 'reload-same-site' },
    ],
    [
      'refresh: a strict navigation with cookies',
      { isStrictNavigation: true, ...withRefresh },
      { kind: 'refresh', accessOnly: false },
    ],
  ])('%s', (_, request, answer) => {
    expect(gate({ ...page, ...request })).toEqual(answer)
  })

  const refused: RefreshOutcome = { kind: 'refused', reason: 'revoked' }
  const outage: RefreshOutcome = { kind: 'unavailable', retryAfterSeconds: 7 }
  const ending = { access: 'ending' } as const

  it.each<[string, Partial<GateRequest>, RefreshOutcome, RefreshResolution]>([
    ['deliver: granted', {}, { kind: 'granted' }, { kind: 'deliver' }],
    ['deliver: granted to an action', action, { kind: 'granted' }, { kind: 'deliver' }],
    ['send-back-to-jar: challenged', {}, { kind: 'challenged' }, { kind: 'send-back-to-jar' }],
    [
      'F35 send-back-to-jar: challenged once',
      { timesChallenged: 1 },
      { kind: 'challenged' },
      { kind: 'send-back-to-jar' },
    ],
    ...[page.pathname, api.pathname].map(
      (pathname): [string, Partial<GateRequest>, RefreshOutcome, RefreshResolution] => [
        `F35 unavailable: ${pathname}, challenged twice`,
        { pathname, timesChallenged: 2 },
        { kind: 'challenged' },
        { kind: 'unavailable', retryAfterSeconds: 2 },
      ],
    ),
    [
      'F31 F35 pass-challenged: sign-in, challenged twice',
      { pathname: '/sign-in', timesChallenged: 2 },
      { kind: 'challenged' },
      { kind: 'pass-challenged' },
    ],
    [
      'send-back-to-jar: an action challenged',
      action,
      { kind: 'challenged' },
      { kind: 'send-back-to-jar' },
    ],
    [
      'pass: challenged while the access token lives',
      ending,
      { kind: 'challenged' },
      { kind: 'pass' },
    ],
    ['F10 pass: an outage while the access token lives', ending, outage, { kind: 'pass' }],
    ['F10 unavailable: an outage', {}, outage, outage],
    ['F10 unavailable: an outage under /api/', api, outage, outage],
    ['F10 unavailable: an outage in an action', action, outage, outage],
    ['F31 pass: sign-in, refused', { pathname: '/sign-in' }, refused, { kind: 'pass' }],
    ['F31 pass: sign-in in an outage', { pathname: '/sign-in' }, outage, { kind: 'pass' }],
    [
      'F31 deliver: sign-in, granted',
      { pathname: '/sign-in' },
      { kind: 'granted' },
      { kind: 'deliver' },
    ],
    [
      'F31 send-back-to-jar: sign-in, challenged',
      { pathname: '/' },
      { kind: 'challenged' },
      { kind: 'send-back-to-jar' },
    ],
    [
      'F26 sign-in: refused, and told why',
      {},
      refused,
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard&reason=revoked' },
    ],
    [
      'sign-in: refused, though the access token lives',
      ending,
      refused,
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard&reason=revoked' },
    ],
    ['continue-signed-out: an action refused', action, refused, { kind: 'continue-signed-out' }],
    ['refuse: an API call refused', api, refused, INVALID],
    [
      'F14 sign-in: a strict navigation with cookies is refused, not reloaded',
      { isStrictNavigation: true },
      refused,
      { kind: 'sign-in', location: '/sign-in?next=%2Fdashboard&reason=revoked' },
    ],
  ])('resolves a refresh: %s', (_, request, outcome, resolution) => {
    expect(resolveRefresh({ ...page, ...withRefresh, ...request }, outcome)).toEqual(resolution)
  })

  it.each([
    ['/', true],
    ['/sign-in', true],
    ['/sign-up', true],
    ['/icon.svg', true],
    ['/docs', true],
    ['/api/openapi.json', true],
    ['/api/health', true],
    ['/api/health/ready', true],
    ['/api/auth/logout', true],
    ['/api/auth/refresh', true],
    ['/_next/static/chunk.js', true],
    ['/.well-known/jwks.json', true],
    ['/dashboard', false],
    ['/sign-in/', false],
    ['/sign-in2', false],
    ['/SIGN-IN', false],
    ['//', false],
    ['', false],
    ['/api/authors', false],
    ['/api/auth', false],
    ['/api/cron/prune', true],
    ['/api/cron', false],
    ['/api/testing/user', true],
    ['/api/testing', false],
    ['/api/testings', false],
    ['/api/metrics', true],
    ['/api/metrics/all', false],
    ['/api/healthy', false],
    ['/api/openapi', false],
    ['/api/openapi.json/', false],
    ['/docs/', false],
    ['/docs/more', false],
    ['/api/sessions', false],
    ['/_nextdoor', false],
    ['/.well-known', false],
    ['/.well-known-not', false],
    ['/well-known/jwks.json', false],
    ['/%2Ewell-known/jwks.json', false],
    ['/dashboard/.well-known/jwks.json', false],
    ['/anything/api/auth/', false],
    ['/dashboard/_next/', false],
    ['/%61pi/auth/refresh', false],
    ['/constructor', false],
  ])('gates every path that is not on the list: %s is public: %s', (pathname, expected) => {
    expect(isPublic(pathname)).toBe(expected)
  })
})

describe('for every request', () => {
  it('F25 no request passes without a live access token, a Bearer token, or a public path', () => {
    given(request, (asked) => {
      if (gate(asked).kind !== 'pass') return
      expect(isPublic(asked.pathname) || asked.hasBearerToken || asked.access !== 'dead').toBe(true)
    })
  })

  it('a good access token, a Bearer token and a path without a session always pass', () => {
    given(request, (asked) => {
      const deserves =
        !usesSession(asked.pathname) || asked.hasBearerToken || asked.access === 'good'
      if (deserves) expect(gate(asked)).toEqual({ kind: 'pass' })
    })
  })

  it('a refresh needs a refresh token, and rotates only for a read', () => {
    given(request, (asked) => {
      const answer = gate(asked)
      if (answer.kind !== 'refresh') return
      expect(asked.hasRefreshToken).toBe(true)
      expect(answer.accessOnly).toBe(asked.method !== 'GET' && asked.method !== 'HEAD')
    })
  })

  it('F10 an outage and a challenge never sign anyone out, nor pass a dead token', () => {
    given(fc.tuple(request, kept), ([asked, outcome]) => {
      const { kind } = resolveRefresh(asked, outcome)
      expect(['pass', 'pass-challenged', 'send-back-to-jar', 'unavailable']).toContain(kind)
      if (asked.timesChallenged >= 2) expect(kind).not.toBe('send-back-to-jar')
      if (kind.startsWith('pass')) expect(mayPass(asked)).toBe(true)
      if (asked.access !== 'dead') expect(kind).toBe('pass')
    })
  })

  it('F31 F14 a public page is never redirected to another page, and never unavailable', () => {
    given(fc.tuple(request, outcome), ([asked, got]) => {
      if (!isPublic(asked.pathname)) return
      expect(['pass', 'refresh']).toContain(gate(asked).kind)
      expect(['pass', 'pass-challenged', 'send-back-to-jar', 'deliver']).toContain(
        resolveRefresh(asked, got).kind,
      )
    })
  })

  it('new cookies are delivered only where they were granted', () => {
    given(fc.tuple(request, outcome), ([asked, got]) => {
      expect(resolveRefresh(asked, got).kind === 'deliver').toBe(got.kind === 'granted')
    })
  })

  it('an API path is never redirected to a page', () => {
    given(fc.tuple(request, outcome), ([asked, got]) => {
      const asksApi = { ...asked, pathname: `/api${asked.pathname}` }
      for (const answer of [gate(asksApi), resolveRefresh(asksApi, got)]) {
        expect(['sign-in', 'reload-same-site', 'continue-signed-out']).not.toContain(answer.kind)
      }
    })
  })

  it('a server action is never redirected to a page, because its client could not follow', () => {
    given(fc.tuple(request, outcome), ([asked, got]) => {
      const posted = { ...asked, method: 'POST', isServerAction: true }
      for (const answer of [gate(posted), resolveRefresh(posted, got)]) {
        expect(['sign-in', 'reload-same-site']).not.toContain(answer.kind)
      }
    })
  })

  it('F24 sign-in is a page of this origin, and so is the way back', () => {
    given(fc.tuple(request, outcome), ([asked, got]) => {
      for (const answer of [gate(asked), resolveRefresh(asked, got)]) {
        if (answer.kind !== 'sign-in') continue
        expect(answer.location).toMatch(/^\/sign-in(\?|$)/)
        const url = new URL(answer.location, ORIGIN)
        expect([url.origin, url.pathname]).toEqual([ORIGIN, '/sign-in'])
        const next = url.searchParams.get('next')
        if (next === null) continue
        expect(parseReturnPath(next)).toBe(next)
        expect(new URL(next, ORIGIN).origin).toBe(ORIGIN)
        expect(next).not.toMatch(/^\/sign-in(?:[/?#]|$)/)
      }
    })
  })

  it('F14 a page reloads itself only for a strict navigation without a refresh token', () => {
    given(fc.tuple(request, outcome), ([asked, got]) => {
      for (const answer of [gate(asked), resolveRefresh(asked, got)]) {
        if (answer.kind !== 'reload-same-site') continue
        expect(asked).toMatchObject({ isStrictNavigation: true, hasRefreshToken: false })
      }
    })
  })
})

describe('the life left in an access token', () => {
  it.each([
    [null, 0, 'dead'],
    [1000, 1000, 'dead'],
    [1000, 1001, 'dead'],
    [1000, 999, 'ending'],
    [1000, 900, 'ending'],
    [1000, 899, 'good'],
  ] as const)('that ends at %s is at %s %s, with a leeway of 100', (end, now, state) => {
    expect(accessState(end, now, 100)).toBe(state)
  })

  it('is never ending without leeway, and never good or ending at its end', () => {
    given(fc.tuple(fc.maxSafeNat(), fc.maxSafeNat(), fc.nat(100_000)), ([end, now, leeway]) => {
      expect(accessState(end, now, 0)).toBe(now < end ? 'good' : 'dead')
      expect(accessState(end, now, leeway) === 'dead').toBe(now >= end)
    })
  })
})

const method = fc.constantFrom(
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'get',
  '',
)
const tricky = fc.constantFrom('/', '//', '..', '.', '\\', 'api', 'auth', '_next', 'sign-in', '%2f')
const pathname = fc.oneof(
  fc.constantFrom(
    '/',
    '/sign-in',
    '/dashboard',
    '/api/me',
    '/api/auth/login',
    '/_next/x',
    '//evil',
  ),
  fc.webPath().map((path) => `/${path}`),
  fc
    .array(fc.oneof(tricky, fc.string({ maxLength: 6 })), { maxLength: 6 })
    .map((s) => `/${s.join('')}`),
)
const search = fc.oneof(
  fc.constantFrom('', '?_rsc=1', '?next=//evil'),
  fc.string().map((s) => `?${s}`),
)
const request: fc.Arbitrary<GateRequest> = fc.record({
  method,
  pathname,
  search,
  access: fc.constantFrom('good', 'ending', 'dead'),
  hasAccessToken: fc.boolean(),
  hasRefreshToken: fc.boolean(),
  hasBearerToken: fc.boolean(),
  isServerAction: fc.boolean(),
  timesChallenged: fc.nat(3),
  isStrictNavigation: fc.boolean(),
})
const kept: fc.Arbitrary<RefreshOutcome> = fc.oneof(
  fc.constant({ kind: 'challenged' } as const),
  fc.record({ kind: fc.constant('unavailable' as const), retryAfterSeconds: fc.nat(9999) }),
)
const outcome: fc.Arbitrary<RefreshOutcome> = fc.oneof(
  kept,
  fc.constant({ kind: 'granted' } as const),
  fc.record({ kind: fc.constant('refused' as const), reason: fc.constantFrom(...SIGN_IN_REASONS) }),
)

function given<T>(values: fc.Arbitrary<T>, holds: (value: T) => void): void {
  fc.assert(fc.property(values, holds), { numRuns: 500 })
}
