import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
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

const PASSWORD = 'correct horse'
const login = (...request: Parameters<typeof asked>) => POST(asked(...request), {})
let server: TestServer

describe('signing in', () => {
  beforeAll(async () => {
    server = await openServer()
    await addUser('Ada', PASSWORD)
  })
  afterAll(() => server.dispose())

  const ada = { username: 'ada', password: PASSWORD }

  it('answers a program with the token, its true life and the user, and sets the cookies', async () => {
    const response = await login('POST', ada)
    expect(response.status).toBe(200)
    const { token, expiresIn, user } = await response.json()
    expect(expiresIn).toBe(900)
    expect(user).toEqual({ id: expect.stringMatching(/^[\w-]{22}$/), name: 'Ada' })
    const lines = response.headers.getSetCookie()
    expect(lines).toEqual([
      `access_token=${token}; Path=/; Max-Age=900; HttpOnly; SameSite=Lax`,
      expect.stringMatching(
        /^refresh_token=[\w.-]+; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/,
      ),
      expect.stringMatching(
        /^known_device=[\w.-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/,
      ),
    ])
    for (const line of lines) expect(line.length).toBeLessThan(1024)
    expect(headersOf(response)).toMatchObject(ALWAYS)
    const { session } = await server.engine.check(token)
    expect(session.userName).toBe('Ada')
  })

  it('sends a form to the dashboard, or to where the person was, with the cookies', async () => {
    const form = new URLSearchParams(ada).toString()
    const plain = await login('POST', form)
    expect(plain.status).toBe(303)
    expect(plain.headers.get('location')).toBe('/dashboard')
    expect(plain.headers.getSetCookie()).toHaveLength(3)
    expect(headersOf(plain)).toMatchObject(ALWAYS)
    const back = await login('POST', `${form}&next=${encodeURIComponent('/devices?tab=2')}`)
    expect(back.headers.get('location')).toBe('/devices?tab=2')
  })

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:x', '/api/me'])(
    'F24 never sends a form to %s',
    async (next) => {
      const form = new URLSearchParams({ ...ada, next }).toString()
      expect((await login('POST', form)).headers.get('location')).toBe('/dashboard')
    },
  )

  it('finds a name in any case and composition', async () => {
    for (const username of ['ADA', ' ada ', '\uff21da']) {
      expect((await login('POST', { ...ada, username })).status).toBe(200)
    }
  })

  it('refuses a wrong password and an unknown name with the same response', async () => {
    const wrong = await login('POST', { ...ada, password: `${PASSWORD}x` }, from('203.0.113.1'))
    const unknown = await login('POST', { ...ada, username: 'nobody' }, from('203.0.113.1'))
    expect(wrong.status).toBe(401)
    const body = await wrong.text()
    expect(await unknown.text()).toBe(body)
    expect(unknown.status).toBe(401)
    expect(JSON.parse(body).error.code).toBe('INVALID_CREDENTIALS')
    expect(wrong.headers.getSetCookie()).toEqual([])
    expect(headersOf(wrong)).toMatchObject(ALWAYS)
  })

  it('refuses a disabled user with that response too', async () => {
    const user = await addUser('Disabled', PASSWORD)
    const disabled = { ...user, disabledAt: Date.now() }
    const found = vi.spyOn(server.database.users, 'findByName').mockResolvedValue(disabled)
    const response = await login('POST', { ...ada, username: 'disabled' }, from('203.0.113.2'))
    found.mockRestore()
    expect((await errorOf(response)).code).toBe('INVALID_CREDENTIALS')
  })

  it('refuses a password that is changed during the comparison with that response too, and ends nothing', async () => {
    const jar = new Jar().take(await login('POST', ada))
    const mine = await sessionOf(token(jar, 'refresh_token'))
    const user = await addUser('Zoe', PASSWORD)
    const { users, sessions } = server.database
    const find = users.findByName
    const found = vi.spyOn(users, 'findByName').mockImplementation(async (key) => {
      const user = await find(key)
      const by = { address: '192.0.2.1', userAgent: '', moves: null, provenWith: null }
      if (user) await users.setPassword(user.id, 'another hash', Date.now(), by)
      return user
    })
    const response = await login('POST', { ...ada, username: 'zoe' }, { jar })
    found.mockRestore()
    expect(response.status).toBe(401)
    expect((await errorOf(response)).code).toBe('INVALID_CREDENTIALS')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await sessions.list(user.id, Date.now())).toEqual([])
    expect((await sessions.find(mine ?? ''))?.endedReason).toBeNull()
  })

  it('sends a form that failed back to its page, with the way back and the name, and without the password', async () => {
    const failed = (next: string) => {
      const form = new URLSearchParams({ username: 'ada', password: 'wrong', next })
      // `Referer` is not used, because many browsers do not send it.
      const referer = 'http://localhost:3000/sign-in?next=%2Felsewhere'
      const headers = { 'x-forwarded-for': '203.0.113.3', referer }
      return login('POST', form.toString(), { headers })
    }
    const response = await failed('/devices?a=1#here')
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe(
      '/sign-in?error=invalid_credentials&next=%2Fdevices%3Fa%3D1%23here',
    )
    expect(response.headers.getSetCookie()).toEqual([
      'typed_name=ada; Path=/; Max-Age=60; HttpOnly; SameSite=Lax',
    ])
    for (const hostile of ['//evil.example', 'not a path', '']) {
      const answer = await failed(hostile)
      expect(answer.headers.get('location')).toBe('/sign-in?error=invalid_credentials')
    }
  })

  it.each<[string, RequestInit, number, string]>([
    ['no body', {}, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a text', { body: 'x' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['malformed JSON', json('{'), 400, 'MALFORMED_JSON'],
    ['an array', json('[]'), 400, 'INVALID_BODY'],
    ['null', json('null'), 400, 'INVALID_BODY'],
    ['no password', json('{"username":"ada"}'), 400, 'INVALID_BODY'],
    ['a number', json('{"username":"ada","password":12345678}'), 400, 'INVALID_BODY'],
    ['an operator', json('{"username":{"$ne":1},"password":"x"}'), 400, 'INVALID_BODY'],
    ['no UTF-8', json(new Uint8Array([0x22, 0xff, 0x22])), 400, 'MALFORMED_BODY'],
    ['17 KB', json(JSON.stringify({ username: 'x'.repeat(17_000) })), 413, 'BODY_TOO_LARGE'],
  ])('refuses %s in the canonical error format', async (_, init, status, code) => {
    const response = await POST(
      new Request('http://localhost:3000/', { method: 'POST', ...init }),
      {},
    )
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toMatchObject({ code })
    expect(headersOf(response)).toMatchObject(ALWAYS)
  })

  it('refuses a field that a form sends twice, back on its page', async () => {
    const response = await login('POST', 'username=ada&username=eve&password=x')
    expect(response.headers.get('location')).toBe('/sign-in?error=invalid_body')
  })

  it.each(CROSS_SITE)(
    'refuses %s with 403 before it reads or counts anything',
    async (_, headers) => {
      const verify = vi.spyOn(server.throttle, 'signIn')
      for (const body of [ada, new URLSearchParams(ada).toString(), '{']) {
        const request = asked('POST', body, { headers })
        const response = await POST(request, {})
        expect(response.status).toBe(403)
        expect((await errorOf(response)).code).toBe('CROSS_SITE_REQUEST')
        expect(response.headers.getSetCookie()).toEqual([])
        expect(request.bodyUsed).toBe(false)
      }
      expect(verify).not.toHaveBeenCalled()
      verify.mockRestore()
    },
  )

  it('ends the session that was in the jar', async () => {
    const jar = new Jar().take(await login('POST', ada))
    const thief = jar.copy()
    jar.take(await login('POST', ada, { jar }))
    const old = await sessionOf(token(thief, 'refresh_token'))
    const now = await sessionOf(token(jar, 'refresh_token'))
    expect((await server.database.sessions.find(old ?? ''))?.endedReason).toBe('replaced')
    expect((await server.database.sessions.find(now ?? ''))?.endedReason).toBeNull()
    expect(await deviceIn(jar)).toMatchObject({ id: (await deviceIn(thief))?.id, sessionId: now })
  })

  it('gives another person on the same machine a device token of their own', async () => {
    await addUser('Bob', PASSWORD)
    const jar = new Jar().take(await login('POST', ada))
    const before = await deviceIn(jar)
    jar.take(await login('POST', { username: 'bob', password: PASSWORD }, { jar }))
    expect((await deviceIn(jar))?.account).toBe('bob')
    expect((await deviceIn(jar))?.id).not.toBe(before?.id)
  })

  it('is limited after failures, says for how long, and does not limit a known device', async () => {
    await addUser('Eve', PASSWORD)
    const eve = { username: 'eve', password: PASSWORD }
    const here = from('203.0.113.4')
    const jar = new Jar().take(await login('POST', eve, here))
    for (let i = 0; i < 10; i++) {
      expect((await login('POST', { ...eve, password: 'wrong' }, here)).status).toBe(401)
    }
    const limited = await login('POST', eve, here)
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await errorOf(limited)).code).toBe('RATE_LIMITED')
    const form = await login('POST', new URLSearchParams(eve).toString(), here)
    expect(form.headers.get('location')).toBe('/sign-in?error=rate_limited')
    expect((await login('POST', eve, { ...here, jar })).status).toBe(200)
    expect((await login('POST', eve, from('203.0.113.5'))).status).toBe(200)
  })

  it('records the address that the server gives, and no claim of the client', async () => {
    const headers = {
      'x-forwarded-for': '203.0.113.6',
      'x-real-ip': '1.1.1.1',
      forwarded: 'for=1.1.1.1',
    }
    const response = await login('POST', ada, {
      headers: { ...headers, 'user-agent': 'Browser/1' },
    })
    const { session } = await server.engine.check((await response.json()).token)
    expect(session).toMatchObject({ address: '203.0.113.6', userAgent: 'Browser/1' })
  })
})

describe('signing in on https', () => {
  beforeAll(async () => {
    server = await openServer({ APP_ORIGIN: HTTPS, COOKIE_SAMESITE: 'strict' })
    await addUser('Ada', PASSWORD)
  })
  afterAll(() => server.dispose())

  const ada = { username: 'ada', password: PASSWORD }

  it('sets Secure cookies with the prefix, and demands https from then on', async () => {
    const response = await login('POST', ada, { headers: { origin: HTTPS } })
    const names = response.headers.getSetCookie().map((line) => {
      expect(line).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict; Secure$/)
      return line.split('=', 1)[0]
    })
    expect(names).toEqual(['__Host-access_token', '__Host-refresh_token', '__Host-known_device'])
    expect(response.headers.get('strict-transport-security')).toContain('max-age=')
    const plain = await login('POST', ada, { headers: { origin: 'http://app.example' } })
    expect(plain.status).toBe(403)
  })

  it('ends no session by an unprefixed cookie, which a sibling can set', async () => {
    const first = new Jar().take(await login('POST', ada))
    const refresh = token(first, '__Host-refresh_token')
    const tossed = new Jar()
    tossed.header = `refresh_token=${refresh}`
    await login('POST', ada, { jar: tossed })
    const id = await sessionOf(refresh)
    expect((await server.database.sessions.find(id ?? ''))?.endedReason).toBeNull()
  })
})

describe('signing in while the database is away', () => {
  it('F12 is unavailable, never a wrong password', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    server = await openServer()
    await addUser('Ada', PASSWORD)
    await server.database.close()
    const response = await login('POST', { username: 'ada', password: PASSWORD })
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect((await errorOf(response)).code).toBe('UNAVAILABLE')
    const form = await login('POST', `username=ada&password=${PASSWORD}`)
    expect(form.headers.get('location')).toBe('/sign-in?error=unavailable')
    vi.restoreAllMocks()
    await server.dispose()
  })
})

function json(body: BodyInit): RequestInit {
  return { body, headers: { 'content-type': 'application/json' } }
}

function from(address: string) {
  return { headers: { 'x-forwarded-for': address } }
}

function token(jar: Jar, name: string): string {
  return readCookie(jar.header, name) ?? ''
}

async function sessionOf(refresh: string): Promise<string> {
  const [named] = await server.engine.identify({ refresh: [refresh], access: [] })
  return named?.sessionId ?? ''
}

function deviceIn(jar: Jar) {
  return server.devices.read([token(jar, 'known_device')])
}
