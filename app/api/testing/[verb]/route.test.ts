import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { POST as elsewhere } from '@/app/api/[...nowhere]/route'
import { authenticate } from '@/server/auth/sign-in/credentials'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import * as endpoint from './route'

// The mock counts how often the test endpoint's own code is loaded.
const loaded = vi.hoisted(() => ({ times: 0 }))
vi.mock('@/server/testing/call', async (original) => {
  loaded.times++
  return original()
})

const NEAR = {
  'x-rekindle-testing': '1',
  'x-requested-host': 'localhost:3000',
  'x-forwarded-for': '127.0.0.1',
}
type Headers = Record<string, string>

let server: TestServer
function call(verb: string, body: object, headers: Headers = NEAR): Promise<Response> {
  const context = { params: Promise.resolve({ verb }) }
  return endpoint.POST(asked('POST', body, { headers }), context)
}
const withoutId = async (response: Response) => {
  const { 'x-request-id': id, ...headers } = headersOf(response)
  expect(id).toBeTruthy()
  return { status: response.status, headers, body: await response.json() }
}

describe('without TESTING', () => {
  afterEach(() => server.dispose())

  it.each([{}, { TESTING: '0' }, { TESTING: '' }])(
    'is the 404 of any unknown address, and loads nothing: %o',
    async (env: Headers) => {
      server = await openServer(env)
      const create = vi.spyOn(server.database.users, 'create')
      for (const verb of ['user', 'session', 'pass-time', 'rotations', 'nothing']) {
        for (const headers of [
          NEAR,
          {},
          { ...NEAR, origin: 'https://evil.example' },
        ] as Headers[]) {
          const unknown = await elsewhere(asked('POST', {}, { headers }), {})
          expect(await withoutId(await call(verb, {}, headers))).toEqual(await withoutId(unknown))
        }
      }
      expect((await call('user', {})).status).toBe(404)
      expect(create).not.toHaveBeenCalled()
      expect(loaded.times).toBe(0)
    },
  )

  it('does not start at an address that strangers can reach', async () => {
    server = await openServer()
    const APP_ORIGIN = 'https://app.example'
    await expect(openServer({ TESTING: '1', APP_ORIGIN })).rejects.toThrow(
      'TESTING must not be set',
    )
  })
})

describe('with TESTING', () => {
  beforeAll(async () => {
    server = await openServer({ TESTING: '1' })
  })
  afterAll(() => server.dispose())

  it('answers a test in JSON that nothing caches', async () => {
    const response = await call('user', {})
    expect(response.status).toBe(200)
    expect(headersOf(response)).toMatchObject({ ...ALWAYS, 'content-type': 'application/json' })
  })

  it('has POST and nothing else, so that no preflight succeeds', async () => {
    const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = endpoint
    const origin = 'http://localhost:3000'
    const headers = { ...NEAR, origin, 'access-control-request-method': 'POST' }
    for (const handler of [GET, HEAD, PUT, PATCH, DELETE, OPTIONS]) {
      for (const given of [NEAR, headers] as Headers[]) {
        const response = await handler(asked('OPTIONS', null, { headers: given }), {})
        expect(response.status).toBe(404)
        expect(
          [...response.headers.keys()].filter((name) => /^(access-|allow)/.test(name)),
        ).toEqual([])
      }
    }
  })

  it.each<[string, Headers]>([
    ['without its header', { ...NEAR, 'x-rekindle-testing': '' }],
    ['with another value of its header', { ...NEAR, 'x-rekindle-testing': 'true' }],
    ['from a page of this origin', { ...NEAR, origin: 'http://localhost:3000' }],
    [
      'from a page of this origin, which sends no Origin',
      { ...NEAR, 'sec-fetch-site': 'same-origin' },
    ],
    ['from the address bar', { ...NEAR, 'sec-fetch-site': 'none' }],
    [
      'from a page whose name was rebound to this machine',
      { ...NEAR, 'x-requested-host': 'evil.example:3000' },
    ],
    ['under a public name', { ...NEAR, 'x-requested-host': 'app.example' }],
    [
      'under a name that only begins like this machine',
      { ...NEAR, 'x-requested-host': 'localhost.evil.example' },
    ],
    ['under an address of the network', { ...NEAR, 'x-requested-host': '192.168.0.2:3000' }],
    ['under something that is no host', { ...NEAR, 'x-requested-host': 'localhost:x' }],
    [
      'through a proxy that rewrites the host',
      { 'x-rekindle-testing': '1', 'x-forwarded-for': '127.0.0.1', host: 'localhost:3000' },
    ],
    ['from a stranger', { ...NEAR, 'x-forwarded-for': '203.0.113.7' }],
    ['from a neighbour', { ...NEAR, 'x-forwarded-for': '192.168.0.7' }],
    ['from an address that is none', { ...NEAR, 'x-forwarded-for': '' }],
    ...CROSS_SITE.map(([how, headers]): [string, Headers] => [how, { ...NEAR, ...headers }]),
  ])('refuses a call %s', async (_, headers) => {
    const create = vi.spyOn(server.database.users, 'create')
    const response = await call('user', {}, headers)
    expect(response.status).toBe(403)
    expect((await errorOf(response)).code).toMatch(/^(TESTING_REFUSED|CROSS_SITE_REQUEST)$/)
    expect(create).not.toHaveBeenCalled()
    create.mockRestore()
  })

  it.each([...['localhost', 'app.localhost:3000', '127.0.0.1:41234', '[::1]:3000', 'app.test']])(
    'takes a call under %s, from this machine',
    async (host) => {
      for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1']) {
        const headers = { ...NEAR, 'x-requested-host': host, 'x-forwarded-for': address }
        expect((await call('user', {}, headers)).status).toBe(200)
      }
    },
  )

  it.each<[string, string, unknown, string]>([
    ['user', 'name', { name: '' }, 'name: must be 1 to 64 characters long'],
    ['user', 'password', { password: 'short' }, 'password: must be 8 to 256 characters long'],
    ['user', 'password', { password: 8 }, 'password: must be true or a password'],
    ['user', 'an unknown field', { nmae: 'ann' }, 'Unrecognized key: "nmae"'],
    ['session', 'no user', {}, 'userId: must be a text'],
    ['session', 'state', { userId: 'x', state: 'stale' }, 'state: must be one of fresh, expiring'],
    ['session', 'address', { userId: 'x', address: 'here' }, 'address: must be an IP address'],
    ['pass-time', 'ms', { userId: 'x', ms: 1500 }, 'ms: must be whole seconds'],
    ['pass-time', 'ms', { userId: 'x', ms: -1000 }, 'ms: must be at least 1000'],
    ['pass-time', 'ms', { userId: 'x', ms: '20m' }, 'ms: must be a number of milliseconds'],
    ['pass-time', 'jars', { userId: 'x', ms: 1000, jars: [{}] }, 'jars.0: '],
    ['rotations', 'userId', { userId: 7 }, 'userId: must be a text'],
  ])('answers 400 that names what is wrong: %s, %s', async (verb, _, body, message) => {
    const response = await call(verb, body as object)
    expect(response.status).toBe(400)
    const { error } = await response.json()
    expect(error.code).toBe('INVALID_BODY')
    expect(error.message).toContain(message)
  })

  it('takes JSON alone, and has no other verbs', async () => {
    const form = asked('POST', 'name=ann', { headers: NEAR })
    const context = { params: Promise.resolve({ verb: 'user' }) }
    expect((await endpoint.POST(form, context)).status).toBe(415)
    for (const verb of ['users', '__proto__', 'constructor', '']) {
      expect((await call(verb, {})).status).toBe(404)
    }
  })

  it('answers 404 for a user who is not there', async () => {
    for (const verb of ['session', 'rotations']) {
      const response = await call(verb, { userId: 'nobody' })
      expect([response.status, (await errorOf(response)).code]).toEqual([404, 'USER_NOT_FOUND'])
    }
    expect((await call('pass-time', { userId: 'nobody', ms: 1000 })).status).toBe(404)
  })

  it('adds a user, with a password only if one is asked for', async () => {
    const from = { address: '127.0.0.1', device: null }
    const bare = await (await call('user', {})).json()
    expect(bare).toEqual({
      id: expect.any(String),
      name: expect.stringMatching(/^u-/),
      password: null,
    })
    await expect(authenticate(bare.name, '', from)).rejects.toMatchObject({ status: 401 })
    const made = await (await call('user', { name: ' Ann ', password: true })).json()
    expect(made.name).toBe('Ann')
    expect(await authenticate('ann', made.password, from)).toMatchObject({ id: made.id })
    const chosen = await (await call('user', { password: 'correct horse' })).json()
    expect(await authenticate(chosen.name, 'correct horse', from)).toMatchObject({ id: chosen.id })
    const taken = await call('user', { name: 'ANN' })
    expect([taken.status, (await errorOf(taken)).code]).toEqual([409, 'NAME_TAKEN'])
  })
})

describe('with TESTING, behind a trusted proxy', () => {
  beforeAll(async () => {
    server = await openServer({ TESTING: '1', TRUSTED_PROXY_HOPS: '1' })
  })
  afterAll(() => server.dispose())

  it.each<[string, Headers, number]>([
    ['a test that goes to the server itself', { host: '127.0.0.1:3000' }, 200],
    ['a test that goes through the proxy', { 'x-requested-host': 'localhost', host: 'inner' }, 200],
    ['a public name', { 'x-requested-host': 'app.example', host: 'localhost' }, 403],
    ['a public name, of which the proxy says nothing', { host: 'app.example' }, 403],
    ['a stranger', { host: 'localhost', 'x-forwarded-for': '203.0.113.7' }, 403],
    ['no name at all', {}, 403],
  ])('answers %s', async (_, headers, status) => {
    const { 'x-requested-host': _host, ...near } = NEAR
    expect((await call('user', {}, { ...near, ...headers })).status).toBe(status)
  })
})

describe('with TESTING, at an address for tests among containers', () => {
  beforeAll(async () => {
    server = await openServer({ TESTING: '1', APP_ORIGIN: 'https://app.test' })
  })
  afterAll(() => server.dispose())

  it.each([
    ['127.0.0.1', 200],
    ['172.17.0.3', 200],
    ['10.1.2.3', 200],
    ['192.168.5.5', 200],
    ['fd00::7', 200],
    ['fe80::1', 200],
    ['203.0.113.7', 403],
    ['8.8.8.8', 403],
    ['100.64.0.1', 403],
    ['2001:4860::8888', 403],
    ['::ffff:8.8.8.8', 403],
  ])('answers %s: %d', async (address, status) => {
    const headers = { ...NEAR, 'x-requested-host': 'app.test', 'x-forwarded-for': address }
    expect((await call('user', {}, headers)).status).toBe(status)
  })
})
