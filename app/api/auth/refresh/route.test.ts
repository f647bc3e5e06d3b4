import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { setCookie } from '@/http/request/cookies'
import { INTERNAL_CALLER_HEADER } from '@/http/wire'
import { addUser } from '@/server/auth/account/account'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  HTTPS,
  headersOf,
  Jar,
  openServer,
  readCookie,
  type TestServer,
} from '@/testing/server/suite'
import { POST } from './route'

const START = 1_800_000_000_000
const SECOND = 1000
const AFTER_GRACE = 31 * SECOND
const LATER = 15 * 60 * SECOND
const JAR_MODE = { 'x-refresh-mode': 'jar' }
const plain = { secure: false, sameSite: 'lax' } as const
let server: TestServer
let now = START

/** Advances the clock of the whole server. */
function pass(ms: number): void {
  now += ms
  vi.setSystemTime(now)
}

// This must run before a server is created, because a server keeps the clock that it finds.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now }))
afterAll(() => void vi.useRealTimers())

describe('the canonical refresh', () => {
  beforeAll(async () => {
    server = await openServer()
  })
  afterAll(() => server.dispose())

  it('answers 200 with the token and its true life, and renews a young session without a refresh cookie', async () => {
    const { jar } = await signedIn()
    pass(10 * SECOND)
    const response = await refresh(jar)
    expect(response.status).toBe(200)
    const body = await response.json()
    expect(Object.keys(body)).toEqual(['token', 'expiresIn'])
    expect(body.expiresIn).toBe(900)
    expect(response.headers.getSetCookie()).toEqual([
      `access_token=${body.token}; Path=/; Max-Age=900; HttpOnly; SameSite=Lax`,
    ])
    expect(headersOf(response)).toMatchObject({ ...ALWAYS, 'content-type': 'application/json' })
    await server.engine.check(body.token)
  })

  it('sets both cookies where it rotates', async () => {
    const { jar, sessionId } = await signedIn()
    pass(LATER)
    const response = await refresh(jar)
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^access_token=[\w.-]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(
        /^refresh_token=[\w.-]+; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/,
      ),
    ])
    expect(headersOf(response)).toMatchObject(ALWAYS)
    expect(await row(sessionId)).toMatchObject({ generation: 1 })
  })

  it('F2 answers fifty at once, one of them with a refresh cookie', async () => {
    const { jar, sessionId } = await signedIn()
    pass(LATER)
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(jar)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(answers.filter((answer) => sets(answer, 'refresh_token'))).toHaveLength(1)
    expect(await row(sessionId)).toMatchObject({ generation: 1 })
  })

  it('sets no refresh cookie if the response cannot carry one', async () => {
    const { jar, sessionId } = await signedIn()
    pass(LATER)
    const response = await refresh(jar, { 'x-refresh-want': 'access' })
    expect(response.status).toBe(200)
    expect(sets(response, 'refresh_token')).toBe(false)
    expect(await row(sessionId)).toMatchObject({ generation: 0 })
  })

  it('reads no body', async () => {
    const { jar } = await signedIn()
    const request = asked('POST', '{ not even JSON', { jar })
    expect((await POST(request, {})).status).toBe(200)
    expect(request.bodyUsed).toBe(false)
  })

  it.each([
    ['no cookie', null],
    ['another cookie', 'other=1'],
    ['an empty one', 'refresh_token='],
    ['an access token alone', 'access_token=x'],
  ])('answers 400 to %s', async (_, header) => {
    const jar = new Jar()
    jar.header = header
    const response = await refresh(jar)
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: 'MISSING_REFRESH_TOKEN' })
    expect(headersOf(response)).toMatchObject(ALWAYS)
  })

  it('answers 401 and unknown to a token that does not verify', async () => {
    for (const token of ['nonsense', 'a.b.c', `${'x'.repeat(5000)}`]) {
      await expectRefusal(jarWith(token), 'unknown')
    }
    const { jar } = await signedIn()
    await expectRefusal(jarWith(readCookie(jar.header, 'access_token') ?? ''), 'unknown')
  })

  it('F26 answers 401 and expired to a session unused for too long', async () => {
    const { jar } = await signedIn()
    pass(14 * 86_400 * SECOND)
    await expectRefusal(jar, 'expired')
  })

  it('F26 answers 401 and revoked to a session that was ended from another device', async () => {
    const { jar, sessionId } = await signedIn()
    await server.engine.end(sessionId, 'ended_elsewhere', { address: '', userAgent: '' })
    await expectRefusal(jar, 'revoked')
  })

  it('F26 answers 401 and signed_out to a session that was signed out', async () => {
    const { jar, sessionId } = await signedIn()
    await server.engine.end(sessionId, 'signed_out', { address: '', userAgent: '' })
    await expectRefusal(jar, 'signed_out')
  })

  it('F26 answers 401 and reused to a copy, and to its owner from then on', async () => {
    const { jar, sessionId } = await signedIn()
    const thief = jar.copy()
    for (let i = 0; i < 2; i++) {
      pass(LATER)
      jar.take(await refresh(jar))
    }
    pass(AFTER_GRACE)
    await expectRefusal(thief, 'reused')
    await expectRefusal(jar, 'reused')
    await expectRefusal(thief, 'reused')
    const events = await server.database.sessions.events(sessionId, 9)
    expect(events.filter(({ kind }) => kind === 'reuse_detected')).toHaveLength(1)
  })

  it('answers 401 and revoked to a replaced token that wants access alone, and ends nothing', async () => {
    const { jar, sessionId } = await signedIn()
    const old = jar.copy()
    pass(LATER)
    jar.take(await refresh(jar))
    pass(AFTER_GRACE)
    await expectRefusal(old, 'revoked', { 'x-refresh-want': 'access' })
    expect(await row(sessionId)).toMatchObject({ endedReason: null })
  })

  it('answers 401 and unknown where the user is gone', async () => {
    const { jar, user } = await signedIn()
    await server.database.users.remove(user)
    await expectRefusal(jar, 'unknown')
  })

  it('F7 answers 409 with a challenge to a stale token of a jar, and takes it back with the newer one', async () => {
    const { jar, sessionId } = await signedIn()
    const slow = jar.copy()
    pass(LATER)
    jar.take(await refresh(jar, JAR_MODE))
    pass(AFTER_GRACE)
    const stale = await refresh(slow, JAR_MODE)
    expect(stale.status).toBe(409)
    expect((await errorOf(stale)).code).toBe('STALE_REFRESH_TOKEN')
    expect(stale.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^refresh_challenge=[\w.-]+; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax$/,
      ),
    ])
    expect(headersOf(stale)).toMatchObject(ALWAYS)

    const back = await refresh(jar.take(stale), JAR_MODE)
    expect(back.status).toBe(200)
    expect(back.headers.getSetCookie()).toContain(
      'refresh_challenge=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax',
    )
    expect(await row(sessionId)).toMatchObject({ generation: 1, endedReason: null })
  })

  it('F6 gives a jar whose answer was lost the next one, after a challenge', async () => {
    const { jar, sessionId } = await signedIn()
    pass(LATER)
    await refresh(jar, JAR_MODE)
    pass(AFTER_GRACE)
    jar.take(await refresh(jar, JAR_MODE))
    const again = await refresh(jar, JAR_MODE)
    expect(again.status).toBe(200)
    expect(sets(again, 'refresh_token')).toBe(true)
    expect(await row(sessionId)).toMatchObject({ generation: 1, branch: AFTER_GRACE })
  })

  it('answers 503 with Retry-After, and keeps the cookies, after two challenges that proved nothing', async () => {
    const { jar } = await signedIn()
    const slow = jar.copy()
    for (let i = 0; i < 2; i++) {
      pass(LATER)
      jar.take(await refresh(jar, JAR_MODE))
    }
    for (let i = 0; i < 2; i++) {
      const stale = await refresh(slow, JAR_MODE)
      expect(stale.status).toBe(409)
      slow.take(stale)
    }
    const wait = await refresh(slow, JAR_MODE)
    expect(wait.status).toBe(503)
    expect(wait.headers.get('retry-after')).toBe('5')
    expect(wait.headers.getSetCookie()).toEqual([])
    expect((await errorOf(wait)).code).toBe('UNAVAILABLE')
  })

  it('F11 answers 429 with Retry-After, and keeps the cookies, to an address with too many bad tokens', async () => {
    const here = { 'x-forwarded-for': '203.0.113.7' }
    const { jar } = await signedIn()
    for (let i = 0; i < 300; i++) await refresh(jarWith('nonsense'), here)
    const limited = await refresh(jarWith('nonsense'), here)
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await errorOf(limited)).code).toBe('RATE_LIMITED')
    expect(limited.headers.getSetCookie()).toEqual([])
    // Another client at the same address with a valid token is not limited.
    expect((await refresh(jar, here)).status).toBe(200)
  })

  it.each(CROSS_SITE)('refuses %s with 403, before the cookie is looked at', async (_, headers) => {
    const { jar, sessionId } = await signedIn()
    pass(LATER)
    for (const sent of [jar, new Jar()]) {
      const response = await refresh(sent, headers)
      expect(response.status).toBe(403)
      expect((await errorOf(response)).code).toBe('CROSS_SITE_REQUEST')
    }
    expect(await row(sessionId)).toMatchObject({ generation: 0 })
  })

  it('accepts a client’s address from its own middleware only', async () => {
    const { jar, sessionId } = await signedIn()
    const token = readCookie(jar.header, 'refresh_token') ?? ''
    const caller = { address: '203.0.113.8', userAgent: 'Browser/1', waitedMs: 0 }
    pass(LATER)
    const claims = { 'x-forwarded-for': '127.0.0.1', 'user-agent': 'node' }
    const foreign = await server.callers.sign(caller, 'another token', now)
    await refresh(jar, { ...claims, [INTERNAL_CALLER_HEADER]: foreign })
    expect(await row(sessionId)).toMatchObject({ address: '127.0.0.1', userAgent: 'node' })

    const other = await signedIn()
    pass(LATER)
    const own = readCookie(other.jar.header, 'refresh_token') ?? ''
    expect(own).not.toBe(token)
    const assertion = await server.callers.sign(caller, own, now)
    await refresh(other.jar, { ...claims, [INTERNAL_CALLER_HEADER]: assertion })
    expect(await row(other.sessionId)).toMatchObject({
      address: '203.0.113.8',
      userAgent: 'Browser/1',
    })
  })

  it('F5 does not count the time that a late request waited in the server', async () => {
    const { jar } = await signedIn()
    const straggler = jar.copy()
    pass(LATER)
    jar.take(await refresh(jar, JAR_MODE))
    const waited = { address: '203.0.113.9', userAgent: 'x', waitedMs: 6 * SECOND }
    const token = readCookie(straggler.header, 'refresh_token') ?? ''
    const assertion = await server.callers.sign(waited, token, now + 35 * SECOND)
    pass(35 * SECOND)
    expect((await refresh(straggler, JAR_MODE)).status).toBe(409)
    const renewed = await refresh(straggler, { ...JAR_MODE, [INTERNAL_CALLER_HEADER]: assertion })
    expect(renewed.status).toBe(200)
  })
})

describe('the canonical refresh with tokens of 15 and 30 days', () => {
  it('says the true remaining life: 1296000 seconds', async () => {
    const lives = { ACCESS_TOKEN_TTL: '15d', REFRESH_TOKEN_TTL: '30d', SESSION_TTL: '30d' }
    server = await openServer(lives)
    const { jar } = await signedIn()
    const body = await (await refresh(jar)).json()
    expect(body.expiresIn).toBe(1_296_000)
    pass(20 * 86_400 * SECOND)
    const late = await refresh(jar)
    expect((await late.json()).expiresIn).toBe(10 * 86_400)
    await server.dispose()
  })
})

describe('the canonical refresh on https', () => {
  beforeAll(async () => {
    server = await openServer({ APP_ORIGIN: HTTPS })
  })
  afterAll(() => server.dispose())

  it('reads the prefixed cookie from every client', async () => {
    const { jar } = await signedIn()
    const browser = { origin: HTTPS, 'sec-fetch-site': 'same-origin' }
    expect((await refresh(jar)).status).toBe(200)
    expect((await refresh(jar, browser)).status).toBe(200)
  })

  it('reads the unprefixed cookie only from a client that is not a browser, nor middleware on behalf of one', async () => {
    const { jar } = await signedIn()
    const bare = new Jar()
    bare.header = `refresh_token=${readCookie(jar.header, '__Host-refresh_token')}`
    const answer = await refresh(bare)
    expect(answer.status).toBe(200)
    for (const line of answer.headers.getSetCookie()) expect(line).toMatch(/^__Host-.*; Secure$/)
    for (const headers of [
      { origin: HTTPS },
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-mode': 'cors' },
      { 'sec-fetch-dest': 'empty' },
      { [INTERNAL_CALLER_HEADER]: 'whatever' },
    ]) {
      const response = await refresh(bare, headers)
      expect(response.status).toBe(400)
      expect((await errorOf(response)).code).toBe('MISSING_REFRESH_TOKEN')
    }
  })

  it('prefers the prefixed cookie if both are sent, and ignores one whose name only resembles it', async () => {
    const { jar, sessionId } = await signedIn()
    const other = await signedIn()
    const [mine, evil] = [jar, other.jar].map((j) => readCookie(j.header, '__Host-refresh_token'))
    const tossed = new Jar()
    tossed.header = `refresh_token=${evil}; \u00a0__Host-refresh_token=${evil}; __Host-refresh_token=${mine}`
    const { token } = await (await refresh(tossed)).json()
    expect((await server.engine.check(token)).session.id).toBe(sessionId)
  })
})

describe('the canonical refresh while the database is away', () => {
  it('F10 is unavailable, with Retry-After, and keeps the cookies', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    server = await openServer()
    const { jar } = await signedIn()
    await server.database.close()
    const response = await refresh(jar)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.getSetCookie()).toEqual([])
    expect((await errorOf(response)).code).toBe('UNAVAILABLE')
    // A token with an invalid signature is refused even then, because that needs no database.
    await expectRefusal(jarWith('nonsense'), 'unknown')
    const logged = log.mock.calls.flat().join(' ')
    expect(logged).not.toContain(readCookie(jar.header, 'refresh_token'))
    log.mockRestore()
    await server.dispose()
  })
})

function refresh(jar: Jar, headers: Record<string, string> = {}): Promise<Response> {
  return POST(asked('POST', null, { jar, headers }), {})
}

let people = 0

/** Signs in a new user, and returns the cookie jar. */
async function signedIn() {
  const user = await addUser(`Person ${++people}`, 'correct horse')
  const grant = await server.startSession(user)
  const { access, refresh: minted, sessionId } = grant
  const jar = new Jar().take(
    new Response(null, {
      headers: [
        ['set-cookie', setCookie('access', access.token, 900, server.config)],
        ['set-cookie', setCookie('refresh', minted?.token ?? '', 900, server.config)],
      ],
    }),
  )
  return { jar, user, sessionId }
}

function jarWith(token: string): Jar {
  const jar = new Jar()
  jar.header = setCookie('refresh', token, 60, plain).split(';', 1)[0] ?? ''
  return jar
}

const row = (id: string) => server.database.sessions.find(id)

function sets(response: Response, name: string): boolean {
  return response.headers.getSetCookie().some((line) => line.startsWith(`${name}=`))
}

async function expectRefusal(jar: Jar, reason: string, headers: Record<string, string> = {}) {
  const response = await refresh(jar, headers)
  expect(response.status).toBe(401)
  expect(await errorOf(response)).toEqual({
    code: 'INVALID_REFRESH_TOKEN',
    message: 'Refresh token expired or invalid',
    status: 401,
    reason,
  })
  // The session is dead in the database anyway. A late response that deleted the cookie could delete that of a newer sign-in.
  expect(response.headers.getSetCookie()).toEqual([])
  expect(headersOf(response)).toMatchObject(ALWAYS)
}
