import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UnsecuredJWT } from 'jose'
import { NextRequest } from 'next/server'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { RECEIVED_AT_HEADER } from '@/http/wire'
import { keyringFor, openKeyring } from '@/session/keys/keyring'
import { createAccessTokens } from '@/session/tokens/access-token'
import { createInternalCallers } from '@/session/tokens/internal-caller'
import { middleware } from './middleware'

const ORIGIN = 'https://app.example'
const ACCESS_SECRET = 'an-access-secret-of-enough-characters-1'
const REFRESH_SECRET = 'a-refresh-secret-of-enough-characters-2'
const JAR = '__Host-refresh_token=the-token; other=1'
const LINES = ['__Host-access_token=new; Path=/', '__Host-refresh_token=newer; Path=/']

/** The handler of the internal origin's server. */
let answer: (request: IncomingMessage, response: ServerResponse) => void
const asked: IncomingMessage[] = []
const internal = createServer((request, response) => {
  asked.push(request)
  answer(request, response)
})

beforeAll(async () => {
  await new Promise<void>((resolve) => void internal.listen(0, '127.0.0.1', resolve))
  const { port } = internal.address() as AddressInfo
  vi.stubEnv('APP_ORIGIN', ORIGIN)
  vi.stubEnv('INTERNAL_ORIGIN', `http://127.0.0.1:${port}`)
  vi.stubEnv('ACCESS_TOKEN_SECRET', ACCESS_SECRET)
  vi.stubEnv('REFRESH_TOKEN_SECRET', REFRESH_SECRET)
  vi.stubEnv('REFRESH_TIMEOUT', '')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await new Promise((resolve) => internal.close(resolve))
})
beforeEach(() => void asked.splice(0))

function visit(
  path = '/dashboard',
  init: { method?: string; headers?: Record<string, string> } = {},
) {
  const headers = { cookie: JAR, ...init.headers }
  return middleware(new NextRequest(`http://0.0.0.0:3000${path}`, { ...init, headers }))
}

function json(status: number, body: unknown, lines: string[] = []) {
  answer = (_, response) => {
    response.writeHead(
      status,
      [
        ['content-type', 'application/json'],
        ...lines.map((line): [string, string] => ['set-cookie', line]),
      ].flat(),
    )
    response.end(JSON.stringify(body))
  }
}

const granted = () => json(200, { token: 'new', expiresIn: 900 }, LINES)
const refused = { error: { code: 'INVALID_REFRESH_TOKEN', reason: 'reused' } }

describe('a page whose access token is dead', () => {
  it('has one request id, and one trace, for the refresh route, the page and the client', async () => {
    granted()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const given = { 'x-request-id': 'given-by-a-proxy', traceparent, tracestate: 'vendor=1' }
    const response = await visit('/dashboard', { headers: given })
    expect(asked[0]?.headers).toMatchObject({ 'x-request-id': 'given-by-a-proxy', traceparent })
    expect(asked[0]?.headers).not.toHaveProperty('tracestate')
    expect(response.headers.get('x-request-id')).toBe('given-by-a-proxy')
    expect(response.headers.get('x-middleware-request-x-request-id')).toBe('given-by-a-proxy')
    const other = await visit('/dashboard', { headers: { traceparent: 'not-a-trace' } })
    const made = other.headers.get('x-request-id')
    expect(asked[1]?.headers).toMatchObject({ 'x-request-id': made })
    expect(asked[1]?.headers).not.toHaveProperty('traceparent')
  })

  it('F8 gets the new tokens within this very request, and its jar gets them too', async () => {
    granted()
    const response = await visit()
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie()).toEqual(LINES)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    expect(response.headers.get('x-middleware-request-cookie')).toBe(
      'other=1; __Host-access_token=new; __Host-refresh_token=newer',
    )
  })

  it('says in Server-Timing which access token was issued, and whether with a refresh token; nothing of a token that it cannot read', async () => {
    const access = (token: string) => `__Host-access_token=${token}; Path=/; Max-Age=900; HttpOnly`
    const told = async (...lines: string[]) => {
      json(200, { token: 'new', expiresIn: 900 }, lines)
      return (await visit()).headers.get('server-timing')
    }
    const token = new UnsecuredJWT().setIssuedAt(1_700_000_000).encode()
    expect(await told(access(token))).toBe('access-token;desc="renewed 1700000000";dur=900000')
    expect(await told(access(token), '__Host-refresh_token=newer; Path=/')).toBe(
      'access-token;desc="rotated 1700000000";dur=900000',
    )
    expect(await told(access('new'))).toBeNull()
    expect(await told(access(new UnsecuredJWT().encode()))).toBeNull()
  })

  it('F19 calls the configured internal origin, whatever host the request names', async () => {
    granted()
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    await visit('/dashboard', { headers: { ...headers, 'x-forwarded-proto': 'http' } })
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /api/auth/refresh'])
    expect(asked[0]?.headers).toMatchObject({
      cookie: '__Host-refresh_token=the-token',
      'x-refresh-mode': 'jar',
    })
    expect(asked[0]?.headers).not.toHaveProperty('x-refresh-want')
  })

  it('asks for an access token only, unless the method is GET or HEAD', async () => {
    granted()
    await visit('/dashboard', { method: 'POST', headers: { origin: ORIGIN } })
    expect(asked[0]?.headers['x-refresh-want']).toBe('access')
  })

  it('F26 is redirected to sign-in if the refresh is refused in the canonical format', async () => {
    json(401, refused)
    const response = await visit('/devices?tab=2')
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(response.headers.get('location')).toMatch(
      /\/sign-in\?next=%2Fdevices%3Ftab%3D2&reason=reused$/,
    )
    expect(asked).toHaveLength(1)
  })

  it.each<[string, number, unknown]>([
    ['a 401 of something else', 401, { error: { code: 'UNAUTHORIZED' } }],
    ['a 401 that is no JSON', 401, undefined],
    ['a 400', 400, { error: { code: 'MISSING_REFRESH_TOKEN' } }],
    ['a 403', 403, refused],
    ['a 404', 404, refused],
    ['a 429', 429, refused],
    ['a 500', 500, refused],
    ['a 503', 503, refused],
    ['a 200 without cookies', 200, { token: 'new' }],
    ['a 200 of something else', 200, { hello: 'world' }],
  ])('F10 is unavailable, and stays signed in, at %s', async (_, status, body) => {
    json(status, body)
    await expectUnavailable(await visit())
    expect(asked).toHaveLength(status >= 500 ? 2 : 1)
  })

  it('is refused if the refresh token is too long; a challenge that is too long is left out', async () => {
    json(431, {})
    const long = 'A'.repeat(15_900)
    const page = await visit('/dashboard', { headers: { cookie: `__Host-refresh_token=${long}` } })
    expect(page.status).toBe(303)
    const api = await visit('/api/me', { headers: { cookie: `__Host-refresh_token=${long}` } })
    expect(api.status).toBe(401)
    expect(asked).toHaveLength(0)

    granted()
    const cookie = `__Host-refresh_token=the-token; __Host-refresh_challenge=${long}`
    expect((await visit('/dashboard', { headers: { cookie } })).status).toBe(200)
    expect(asked[0]?.headers.cookie).toBe('__Host-refresh_token=the-token')
  })

  it('F10 is unavailable at a redirect, which is not followed', async () => {
    answer = (request, response) => {
      const evil = request.url === '/evil'
      response.writeHead(evil ? 401 : 302, { location: '/evil' }).end(JSON.stringify(refused))
    }
    await expectUnavailable(await visit())
    expect(asked.map(({ url }) => url)).not.toContain('/evil')
  })

  it('F10 is renewed at the second try if the first one is cut off', async () => {
    answer = (request) => {
      granted()
      request.socket.destroy()
    }
    expect((await visit()).headers.getSetCookie()).toEqual(LINES)
    expect(asked).toHaveLength(2)
  })

  it('F2 F10 waits eight seconds for a refresh, and three if the old access token is still valid', async () => {
    granted()
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    await visit()
    const keyring = await openKeyring([ACCESS_SECRET])
    const ending = createAccessTokens(keyring, { issuer: ORIGIN, audience: ORIGIN }, 30_000)
    const session = { id: 'session', userId: 'ada', expiresAt: Date.now() + 60_000 }
    const { token } = await ending.issue(session, Date.now())
    await visit('/dashboard', { headers: { cookie: `${JAR}; __Host-access_token=${token}` } })
    expect(asked).toHaveLength(2)
    expect(timeout.mock.calls).toEqual([[8000], [3000]])
    timeout.mockRestore()
  })

  it('F10 never repeats a POST by itself', async () => {
    json(503, {})
    const get = await (await visit()).text()
    const headers = { origin: ORIGIN }
    const post = await (await visit('/dashboard', { method: 'POST', headers })).text()
    expect(get).toContain('location.reload()')
    expect(post).not.toContain('<script')
  })
})

describe('F49 on a machine whose own clock is twenty minutes slow', () => {
  const NOW = 1_800_000_000_000
  const issueAt = async (at: number) => {
    const keyring = await openKeyring([ACCESS_SECRET])
    const tokens = createAccessTokens(keyring, { issuer: ORIGIN, audience: ORIGIN }, 900_000)
    const session = { id: 'session', userId: 'ada', expiresAt: NOW * 2 }
    return (await tokens.issue(session, at)).token
  }
  const bearing = async (issuedAt: number, waitedMs = 0) => ({
    cookie: `${JAR}; __Host-access_token=${await issueAt(issuedAt)}`,
    [RECEIVED_AT_HEADER]: `${performance.now() - waitedMs} ${NOW}`,
  })
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW - 1_200_000 }))
  afterEach(() => void vi.useRealTimers())

  it('an access token that is dead for four minutes is renewed, and one that lives is not', async () => {
    granted()
    await visit('/dashboard', { headers: await bearing(NOW - 19 * 60_000) })
    expect(asked).toHaveLength(1)
    await visit('/dashboard', { headers: await bearing(NOW - 60_000) })
    expect(asked).toHaveLength(1)
  })

  it('the refresh route is told how long the request has waited, in an assertion that is valid at each try', async () => {
    answer = (request, response) => {
      if (asked.length === 1) setTimeout(() => request.socket.destroy(), 20)
      else response.end('{}')
    }
    await visit('/dashboard', { headers: await bearing(NOW - 19 * 60_000, 5000) })
    const keyring = await openKeyring([REFRESH_SECRET], 'internal')
    const callers = createInternalCallers(keyringFor(ORIGIN, keyring))
    const told = asked.map(async ({ headers }) => {
      const assertion = String(headers['x-internal-caller'])
      return (await callers.read(assertion, 'the-token', NOW))?.waitedMs ?? 0
    })
    const [first = 0, second = 0] = await Promise.all(told)
    expect(first).toBeGreaterThanOrEqual(5000)
    expect(second).toBeGreaterThan(first)
  })
})

describe('F33 a request whose cookies are shadowed by others of the same name', () => {
  const session = { id: 'session', userId: 'ada', expiresAt: Date.now() + 600_000 }
  const issue = async () => {
    const tokens = createAccessTokens(
      await openKeyring([ACCESS_SECRET]),
      { issuer: ORIGIN, audience: ORIGIN },
      300_000,
    )
    return (await tokens.issue(session, Date.now())).token
  }
  const forwarded = (response: Response) => response.headers.get('x-middleware-request-cookie')

  it('passes with the access token that verifies, and continues with that token only', async () => {
    const [one, other] = [await issue(), await issue()]
    const named = (...values: string[]) =>
      values.map((value) => `__Host-access_token=${value}`).join('; ')
    const cookie = `${named('nonsense', one)}; other=1; ${named('')}`
    const response = await visit('/dashboard', { headers: { cookie } })
    expect(response.status).toBe(200)
    expect(forwarded(response)).toBe(`other=1; ${named(one)}`)
    const two = await visit('/dashboard', { headers: { cookie: named('x', one, other, 'y') } })
    expect(forwarded(two)).toBe(named(one, other))
    const buried = named('1', '2', '3', '4', one)
    expect((await visit('/dashboard', { headers: { cookie: buried } })).status).toBe(303)
    expect(asked).toEqual([])
  })

  it('sends the refresh route every candidate for the token and the challenge, and delivers what it grants', async () => {
    granted()
    const cookie =
      '__Host-refresh_token=x; __Host-refresh_challenge=c; __Host-refresh_token=y; __Host-refresh_challenge=d; __Host-access_token=z'
    const response = await visit('/dashboard', { headers: { cookie } })
    expect(asked[0]?.headers.cookie).toBe(
      '__Host-refresh_token=x; __Host-refresh_token=y; __Host-refresh_challenge=c; __Host-refresh_challenge=d',
    )
    expect(forwarded(response)).toBe(
      '__Host-refresh_challenge=c; __Host-refresh_challenge=d; __Host-access_token=new; __Host-refresh_token=newer',
    )
  })
})

describe('F37 a request with a Bearer token', () => {
  const foreign = { authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhLXByb3h5In0.c2lnbmVk' }

  it('that does not verify, for a page, is served by its cookies', async () => {
    granted()
    const response = await visit('/dashboard', { headers: foreign })
    expect(asked).toHaveLength(1)
    expect(response.headers.getSetCookie()).toEqual(LINES)
    const nobody = await visit('/dashboard', { headers: { ...foreign, cookie: '' } })
    expect(nobody.headers.get('location')).toMatch(/\/sign-in\?next=%2Fdashboard$/)
  })

  it('of any kind, under /api/, is left to the route', async () => {
    const response = await visit('/api/me', { headers: foreign })
    expect(response.headers.get('x-middleware-next')).toBe('1')
    expect(asked).toEqual([])
  })

  it('that verifies, for a page, is its credential', async () => {
    const keyring = await openKeyring([ACCESS_SECRET])
    const tokens = createAccessTokens(keyring, { issuer: ORIGIN, audience: ORIGIN }, 900_000)
    const session = { id: 'session', userId: 'ada', expiresAt: Date.now() + 900_000 }
    const { token } = await tokens.issue(session, Date.now())
    const response = await visit('/dashboard', { headers: { authorization: `Bearer ${token}` } })
    expect(response.headers.get('x-middleware-next')).toBe('1')
    expect(asked).toEqual([])
  })
})

describe('a request that is challenged', () => {
  const challenge = '__Host-refresh_challenge=c; Path=/'

  it('is redirected to itself, with the challenge for its jar', async () => {
    json(409, { error: { code: 'STALE_REFRESH_TOKEN' } }, [challenge])
    const response = await visit('/devices?tab=2', { method: 'POST', headers: { origin: ORIGIN } })
    expect(response.status).toBe(307)
    expect(response.headers.get('location')).toBe(`${ORIGIN}/devices?tab=2&_again=1`)
    expect(response.headers.getSetCookie()).toEqual([challenge])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  it.each(['//evil.example/x', '///evil.example', '//evil.example:443/', '/.//evil.example'])(
    'F24 is never sent to another host, with its body, by its own path: %s',
    async (path) => {
      json(409, { error: { code: 'STALE_REFRESH_TOKEN' } }, [challenge])
      const response = await visit(path)
      expect(response.status).toBe(307)
      expect(new URL(response.headers.get('location') ?? '').origin).toBe(ORIGIN)
    },
  )
})

describe('F35 a jar that loses every cookie of a redirect', () => {
  const challenge = '__Host-refresh_challenge=c; Path=/'
  const stale = () => json(409, { error: { code: 'STALE_REFRESH_TOKEN' } }, [challenge])

  /** Follows redirects without keeping their cookies, and counts them. */
  async function follow(path: string, init?: Parameters<typeof visit>[1]) {
    let response = await visit(path, init)
    let redirects = 0
    while (response.status === 307 && redirects < 20) {
      redirects += 1
      const { pathname, search } = new URL(response.headers.get('location') ?? '')
      response = await visit(pathname + search, init)
    }
    return { response, redirects }
  }

  it.each(['/dashboard', '/devices?q=a%20b&flag', '/api/me'])(
    'is redirected to itself twice for %s, then told to wait, and gets the challenge with a response that is not a redirect',
    async (path) => {
      stale()
      const { response, redirects } = await follow(path)
      expect([redirects, response.status]).toEqual([2, 503])
      expect(response.headers.getSetCookie()).toEqual([challenge])
      expect(response.headers.get('retry-after')).toBe('2')
      const text = await response.text()
      if (path !== '/api/me')
        expect(text).toContain(`href="${ORIGIN}${path.replace('&', '&#38;')}"`)
      expect(text).not.toContain('_again')
    },
  )

  it('is shown sign-in without a session, with the challenge', async () => {
    stale()
    const { response, redirects } = await follow('/sign-in?next=%2Fdevices')
    expect([redirects, response.status]).toEqual([2, 200])
    expect(response.headers.getSetCookie()).toEqual([
      challenge,
      expect.stringMatching(/sign_in_attempt=[\w-]{36}; /),
    ])
  })

  it('is redirected from a marked URL to the unmarked one, once it is served', async () => {
    granted()
    const response = await visit('/devices?q=a%20b&_again=1&flag', {
      method: 'POST',
      headers: { origin: ORIGIN },
    })
    expect([response.status, response.headers.get('location')]).toEqual([
      307,
      `${ORIGIN}/devices?q=a%20b&flag`,
    ])
    expect(response.headers.getSetCookie()).toEqual(LINES)
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    const refusal = { cookie: '' }
    const denied = await visit('/devices?tab=2&_again=2', { headers: refusal })
    expect(denied.headers.get('location')).toMatch(/next=%2Fdevices%3Ftab%3D2$/)
  })
})

describe('F50 a page opened at another host than the public one', () => {
  const typed = (host: string) => ({ 'x-requested-host': host, 'sec-fetch-mode': 'navigate' })
  const locationOf = async (path: string, headers: Record<string, string>, method = 'GET') =>
    (await visit(path, { method, headers })).headers.get('location')

  it('is redirected to the same path of the public origin', async () => {
    expect(await locationOf('/devices?q=a%20b', typed('127.0.0.1:3000'))).toBe(
      `${ORIGIN}/devices?q=a%20b&_again=host`,
    )
    expect(await locationOf('//evil.example/x', typed('127.0.0.1:3000'))).toBe(
      `${ORIGIN}//evil.example/x?_again=host`,
    )
    // Browsers send no Fetch Metadata over plain http, except to loopback.
    const lan = { 'x-requested-host': '192.0.2.7:3000', accept: 'text/html,*/*' }
    expect(await locationOf('/docs', lan)).toBe(`${ORIGIN}/docs?_again=host`)
  })

  it('is not redirected if the host is the public one or unknown, nor for a program’s call', async () => {
    granted()
    for (const headers of [
      typed('app.example'),
      typed('app.example:443'),
      typed(''),
      typed('no host'),
      { 'x-requested-host': '127.0.0.1:3000' },
      { host: '127.0.0.1:3000', 'sec-fetch-mode': 'navigate' },
    ]) {
      expect(await locationOf('/dashboard', headers)).toBeNull()
    }
    expect(await locationOf('/api/me', typed('127.0.0.1:3000'))).toBeNull()
    const posted = { ...typed('127.0.0.1:3000'), origin: ORIGIN }
    expect(await locationOf('/dashboard', posted, 'POST')).toBeNull()
  })

  it('F14 is served if a proxy rewrites the host, and no request is redirected a second time', async () => {
    granted()
    const behind = typed('upstream:3000')
    expect(await locationOf('/dashboard', behind)).toBe(`${ORIGIN}/dashboard?_again=host`)
    const response = await visit('/dashboard?_again=host', { headers: behind })
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, LINES])
    expect(await locationOf('/dashboard', behind)).toBeNull()
  })
})

describe('a request without a session', () => {
  const nobody = { cookie: 'refresh_token=bare; \u00a0__Host-refresh_token=tossed' }

  it('F25 is redirected to sign-in, or refused under /api/, and no tossed cookie causes a refresh', async () => {
    const page = await visit('/dashboard', { headers: nobody })
    expect(page.headers.get('location')).toMatch(/\/sign-in\?next=%2Fdashboard$/)
    const api = await visit('/api/me', { headers: nobody })
    expect(api.status).toBe(401)
    expect(asked).toEqual([])
  })

  it.each([
    ['no token', nobody.cookie, 'MISSING_ACCESS_TOKEN', 'Bearer'],
    [
      'a dead access token',
      '__Host-access_token=dead',
      'INVALID_ACCESS_TOKEN',
      'Bearer error="invalid_token"',
    ],
  ])('is told under /api/ that it has %s', async (_, cookie, code, challenge) => {
    const response = await visit('/api/me', { headers: { cookie } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(await response.json()).toMatchObject({ error: { code, status: 401 } })
    expect(asked).toEqual([])
  })

  it('is refused with 403 if another site sent it to change state', async () => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }]) {
      const response = await visit('/dashboard', { method: 'POST', headers })
      expect(response.status).toBe(403)
    }
    expect(asked).toEqual([])
  })

  it('has the request id in its response, as it came if it is valid', async () => {
    const headers = { ...nobody, 'x-request-id': 'given-by-a-proxy' }
    expect((await visit('/dashboard', { headers })).headers.get('x-request-id')).toBe(
      'given-by-a-proxy',
    )
    const insane = { ...nobody, 'x-request-id': 'two words' }
    expect((await visit('/dashboard', { headers: insane })).headers.get('x-request-id')).toMatch(
      /^[\da-f-]{36}$/,
    )
  })

  it('has the headers of every response', async () => {
    const response = await visit('/dashboard', { headers: nobody })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
      'cache-control': 'private, no-store',
    })
  })
})

async function expectUnavailable(response: Response): Promise<void> {
  expect(response.status).toBe(503)
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(response.headers.getSetCookie()).toEqual([])
  expect(await response.text()).toContain('You are still signed in')
}
