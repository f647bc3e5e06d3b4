import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  HTTPS,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { POST } from './route'

const PASSWORD = 'correct horse'
let server: TestServer
let visitors = 0

/** Each request has its own address, because sign-up is limited per address. */
const register = (body: object | string, headers: Record<string, string> = {}) => {
  const address = `203.0.113.${++visitors}`
  return POST(asked('POST', body, { headers: { 'x-forwarded-for': address, ...headers } }), {})
}
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()

describe('signing up', () => {
  beforeAll(async () => {
    server = await openServer()
  })
  afterAll(() => server.dispose())

  it('signs a program in at once', async () => {
    const response = await register({ username: ' Ada ', password: PASSWORD })
    expect(response.status).toBe(200)
    const { token, expiresIn, user } = await response.json()
    expect(expiresIn).toBe(900)
    expect(user.name).toBe('Ada')
    expect(response.headers.getSetCookie()).toHaveLength(3)
    expect(headersOf(response)).toMatchObject(ALWAYS)
    expect((await server.engine.check(token)).session.userId).toBe(user.id)
    const stored = await server.database.users.findById(user.id)
    expect(stored?.passwordHash).toMatch(/^\$argon2id\$/)
  })

  it('sends a form to where the person was going', async () => {
    const fields = { username: 'Bob', password: PASSWORD, next: '/devices' }
    const response = await register(form(fields))
    expect([response.status, response.headers.get('location')]).toEqual([303, '/devices'])
    const hostile = { username: 'Rob', password: PASSWORD, next: '//evil.example' }
    expect((await register(form(hostile))).headers.get('location')).toBe('/dashboard')
  })

  it.each([
    ['Eve', 'eVE'],
    ['\u00c9lodie', 'e\u0301lodie'],
    ['stra\u00dfe', 'STRASSE'],
    ['\uff2d\uff29\uff21', 'mia'],
  ])('gives a name to one person only: %s, then %s', async (first, second) => {
    expect((await register({ username: first, password: PASSWORD })).status).toBe(200)
    const taken = await register({ username: second, password: PASSWORD })
    expect(taken.status).toBe(409)
    expect((await errorOf(taken)).code).toBe('NAME_TAKEN')
    expect(taken.headers.getSetCookie()).toEqual([])
    const back = await register(form({ username: second, password: PASSWORD }))
    expect(back.headers.get('location')).toBe('/sign-up?error=name_taken')
  })

  it('gives a name to one of twenty who ask at once', async () => {
    const asking = Array.from({ length: 20 }, () =>
      register({ username: 'Zoe', password: PASSWORD }),
    )
    const statuses = (await Promise.all(asking)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(19)
  })

  it.each([
    ['', PASSWORD, 'invalid_name'],
    ['x'.repeat(65), PASSWORD, 'invalid_name'],
    ['a\u200bb', PASSWORD, 'invalid_name'],
    ['Fay', '1234567', 'invalid_password'],
    ['Fay', 'x'.repeat(257), 'invalid_password'],
  ])('refuses the name %j with the password %j', async (username, password, error) => {
    const response = await register({ username, password })
    expect(response.status).toBe(400)
    const { code } = await errorOf(response)
    expect(code).toBe('INVALID_BODY')
    const back = await register(form({ username, password }))
    expect(back.headers.get('location')).toBe(`/sign-up?error=${error}`)
  })

  it('takes a password of just 8 and just 256 characters', async () => {
    for (const password of ['12345678', 'x'.repeat(256)]) {
      const username = `Length ${password.length}`
      expect((await register({ username, password })).status).toBe(200)
    }
  })

  it.each(CROSS_SITE)('refuses %s', async (_, headers) => {
    const response = await register({ username: 'Mallory', password: PASSWORD }, headers)
    expect(response.status).toBe(403)
    expect((await errorOf(response)).code).toBe('CROSS_SITE_REQUEST')
    expect(await server.database.users.findByName('mallory')).toBeNull()
  })

  it('is limited per address', async () => {
    const here = { 'x-forwarded-for': '198.51.100.1' }
    for (let i = 0; i < 100; i++) await server.throttle.registration('198.51.100.1')
    const limited = await register({ username: 'Many', password: PASSWORD }, here)
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await server.database.users.findByName('many')).toBeNull()
  })
})

describe('signing up where strangers may not', () => {
  beforeAll(async () => {
    server = await openServer({ APP_ORIGIN: HTTPS })
  })
  afterAll(() => server.dispose())

  it('is refused for every name, and does not reveal which names exist', async () => {
    const response = await register({ username: 'Ada', password: PASSWORD })
    expect(response.status).toBe(403)
    expect((await errorOf(response)).code).toBe('REGISTRATION_CLOSED')
    expect(await server.database.users.findByName('ada')).toBeNull()
  })

  it('sends a form back to its page, which says so', async () => {
    const response = await register(form({ username: 'Ada', password: PASSWORD }), {
      origin: HTTPS,
    })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/sign-up?error=registration_closed')
  })
})
