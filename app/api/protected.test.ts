import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cookiePairs } from '@/http/request/cookies'
import { addUser } from '@/server/auth/account/account'
import { SessionError } from '@/session/errors'
import type { Grant } from '@/session/grant'
import {
  ALWAYS,
  asked,
  errorOf,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { POST as confirm } from './account/confirm/route'
import { POST as changePassword } from './account/password/route'
import { DELETE as deleteAccount } from './account/route'
import { GET as watchSession } from './auth/session/events/route'
import { GET as showSession } from './auth/session/route'
import { GET as ready } from './health/ready/route'
import { GET as live } from './health/route'
import { GET as me } from './me/route'
import { DELETE as endSession } from './sessions/[id]/route'
import { POST as endOthers } from './sessions/end-others/route'
import { GET as sessions } from './sessions/route'

// Outside Next.js there is no request whose headers `headers()` could return.
const scope = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({
  headers: async () => scope.headers,
  cookies: async () => new Map(),
}))

const PASSWORD = 'correct horse'
const passwords = { currentPassword: PASSWORD, newPassword: 'a new password' }
const here = { address: '192.0.2.1', userAgent: 'Browser/1' }
let server: TestServer
let people = 0
let user: Awaited<ReturnType<typeof addUser>>
let mine: Grant

beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.dispose())
beforeEach(async () => {
  user = await addUser(`Person ${++people}`, PASSWORD)
  mine = await server.startSession(user)
})

/** Calls a route as Next.js does: `headers()` returns the request's headers. */
function call(
  handler: (request: Request, context: never) => Promise<Response>,
  method: string,
  body: object | null = null,
  headers: Record<string, string> = bearer(mine),
  id = '',
) {
  scope.headers = new Headers(headers)
  const context = { params: Promise.resolve({ id }) } as never
  return handler(asked(method, method === 'GET' ? null : body, { headers }), context)
}

const bearer = (grant: Grant) => ({ authorization: `Bearer ${grant.access.token}` })
const cookie = (grant: Grant) => ({ cookie: `access_token=${grant.access.token}` })
const reason = async ({ sessionId }: Grant) =>
  (await server.database.sessions.find(sessionId))?.endedReason

const PROTECTED = [
  ['GET /api/me', me, 'GET'],
  ['GET /api/auth/session', showSession, 'GET'],
  ['GET /api/auth/session/events', watchSession, 'GET'],
  ['GET /api/sessions', sessions, 'GET'],
  ['DELETE /api/sessions/{id}', endSession, 'DELETE'],
  ['POST /api/sessions/end-others', endOthers, 'POST'],
  ['POST /api/account/password', changePassword, 'POST'],
  ['POST /api/account/confirm', confirm, 'POST'],
  ['DELETE /api/account', deleteAccount, 'DELETE'],
] as const

describe.each(PROTECTED)('F25 %s', (_, handler, method) => {
  it('answers 401 without a token, and names the scheme', async () => {
    for (const headers of [{}, { authorization: 'Basic abc' }, { cookie: 'other=1' }]) {
      const response = await call(handler, method, null, headers)
      expect(response.status).toBe(401)
      expect((await errorOf(response)).code).toBe('MISSING_ACCESS_TOKEN')
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(headersOf(response)).toMatchObject(ALWAYS)
    }
  })

  it('answers 401 to a token that is not good, whatever else is claimed', async () => {
    const refresh = mine.refresh?.token ?? ''
    await server.engine.end(mine.sessionId, 'ended_elsewhere', here)
    for (const headers of [
      { authorization: 'Bearer nonsense' },
      { authorization: `Bearer ${refresh}` },
      { cookie: `access_token=${refresh}` },
      { ...bearer(mine) },
      { ...cookie(mine) },
      { ...bearer(mine), 'x-middleware-subrequest': 'middleware:middleware:middleware' },
      { cookie: `refresh_token=${refresh}`, 'x-internal-caller': 'me' },
    ] as Record<string, string>[]) {
      const response = await call(handler, method, passwords, headers)
      expect(response.status).toBe(401)
      await errorOf(response)
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    const ended = await call(handler, method, passwords)
    expect(ended.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect(await errorOf(ended)).toMatchObject({ code: 'INVALID_ACCESS_TOKEN', reason: 'revoked' })
    expect(await server.database.users.findById(user.id)).not.toBeNull()
  })

  it('F12 answers 503 where the database is away, never 401', async () => {
    const { sessions } = server.database
    const find = vi.spyOn(sessions, 'findFor').mockImplementation(async () => {
      throw new SessionError('unavailable')
    })
    const response = await call(handler, method, passwords)
    find.mockRestore()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.has('www-authenticate')).toBe(false)
  })
})

describe.each(PROTECTED)('F29 %s', (_, handler, method) => {
  it('does nothing for a page that was rendered for another user, and names the signed-in user', async () => {
    const headers = { ...cookie(mine), 'x-rendered-for': 'somebody else' }
    const response = await call(handler, method, passwords, headers, mine.sessionId)
    expect(response.status).toBe(409)
    const { error } = await response.json()
    expect(error).toMatchObject({ code: 'SIGNED_IN_AS_ANOTHER', status: 409 })
    expect(error.message).toContain(`You are now signed in as ${user.name} in this browser`)
    expect(await reason(mine)).toBeNull()
    expect((await server.database.users.findById(user.id))?.passwordHash).toBe(user.passwordHash)
    const own = { ...cookie(mine), 'x-rendered-for': user.id }
    expect((await call(handler, method, passwords, own, mine.sessionId)).status).toBeLessThan(300)
  })
})

describe.each(PROTECTED.filter(([, , method]) => method !== 'GET'))('%s', (_, handler, method) => {
  it('refuses another site before it checks the session', async () => {
    const check = vi.spyOn(server.engine, 'check')
    const headers = { ...cookie(mine), origin: 'https://evil.example' }
    const response = await call(handler, method, passwords, headers, mine.sessionId)
    expect(response.status).toBe(403)
    expect((await errorOf(response)).code).toBe('CROSS_SITE_REQUEST')
    expect(check).not.toHaveBeenCalled()
    check.mockRestore()
    expect(await reason(mine)).toBeNull()
  })
})

describe('a person’s own API', () => {
  it('returns the signed-in user, by a header or a cookie', async () => {
    for (const headers of [bearer(mine), cookie(mine)]) {
      const response = await call(me, 'GET', null, headers)
      const { user, session } = await response.json()
      expect(user).toEqual({ id: user.id, name: `Person ${people}` })
      expect(session.id).toBe(mine.sessionId)
      expect(Date.parse(session.accessTokenExpiresAt)).toBeGreaterThan(Date.now())
      expect(headersOf(response)).toMatchObject(ALWAYS)
    }
  })

  it('ignores cookies if there is a Bearer token, even an invalid one', async () => {
    const headers = { ...cookie(mine), authorization: 'Bearer nonsense' }
    expect((await call(me, 'GET', null, headers)).status).toBe(401)
  })

  it('F33 uses the cookie that verifies and whose session is live, even if others shadow it', async () => {
    const over = await server.startSession(user)
    await server.engine.end(over.sessionId, 'ended_elsewhere', here)
    const tokens = ['nonsense', over.access.token, mine.access.token]
    const named = (values: string[]) => ({
      cookie: values.map((v) => `access_token=${v}`).join('; '),
    })
    const response = await call(me, 'GET', null, named(tokens))
    expect((await response.json()).session.id).toBe(mine.sessionId)
    const ended = await call(me, 'GET', null, named([over.access.token, 'nonsense']))
    expect(await errorOf(ended)).toMatchObject({ reason: 'revoked' })
    const buried = await call(me, 'GET', null, named(['1', '2', '3', '4', mine.access.token]))
    expect(buried.status).toBe(401)
  })

  it('lists the sessions of one person, and nothing that could be used', async () => {
    const other = await server.startSession(user, { address: '192.0.2.1', userAgent: 'Phone/1' })
    const stranger = await addUser(`Stranger ${people}`, PASSWORD)
    await server.startSession(stranger)
    const text = await (await call(sessions, 'GET')).text()
    const listed: { id: string; current: boolean }[] = JSON.parse(text).sessions
    expect(new Set(listed.map(({ id }) => id))).toEqual(new Set([mine.sessionId, other.sessionId]))
    expect(listed.filter(({ current }) => current).map(({ id }) => id)).toEqual([mine.sessionId])
    expect(text).not.toContain('eyJ')
    expect(text).not.toMatch(/hash|generation|branch/i)
  })

  it('ends one session, of that person alone', async () => {
    const other = await server.startSession(user)
    const stranger = await addUser(`Stranger ${people}`, PASSWORD)
    const foreign = await server.startSession(stranger)
    const end = (id: string) => call(endSession, 'DELETE', null, bearer(mine), id)
    for (const id of [foreign.sessionId, 'no such session', '', '%', "' OR 1=1 --"]) {
      const response = await end(id)
      expect(response.status).toBe(404)
      expect((await errorOf(response)).code).toBe('SESSION_NOT_FOUND')
    }
    expect(await reason(foreign)).toBeNull()
    expect((await end(other.sessionId)).status).toBe(204)
    expect(await reason(other)).toBe('ended_elsewhere')
    expect((await end(other.sessionId)).status).toBe(404)
    expect((await end(mine.sessionId)).status).toBe(204)
    expect(await reason(mine)).toBe('signed_out')
  })

  it('ends all other sessions', async () => {
    const others = [await server.startSession(user), await server.startSession(user)]
    expect(await (await call(endOthers, 'POST')).json()).toEqual({ ended: 2 })
    for (const other of others) expect(await reason(other)).toBe('ended_elsewhere')
    expect(await reason(mine)).toBeNull()
  })

  const beLongSignedIn = (grant: Grant, ms = 15 * 60_000 + 1) =>
    server.database.sessions.prove(grant.sessionId, server.clock() - ms)

  it('ends no other session where the password was proved too long ago, until it is confirmed', async () => {
    const others = [await server.startSession(user), await server.startSession(user)]
    const [first = mine] = others
    await beLongSignedIn(mine)
    const ask = (headers: Record<string, string>) => [
      call(endOthers, 'POST', null, headers),
      call(endSession, 'DELETE', null, headers, first.sessionId),
    ]
    for (const response of await Promise.all(ask(cookie(mine)))) {
      expect(response.status).toBe(403)
      expect((await errorOf(response)).code).toBe('RECENT_SIGN_IN_REQUIRED')
      expect(response.headers.has('www-authenticate')).toBe(false)
    }
    for (const response of await Promise.all(ask(bearer(mine)))) {
      expect(response.status).toBe(403)
      expect(response.headers.get('www-authenticate')).toMatch(
        /^Bearer error="insufficient_user_authentication", .*max_age="900"$/,
      )
    }
    for (const other of others) expect(await reason(other)).toBeNull()

    const wrong = await call(confirm, 'POST', { currentPassword: 'wrong' })
    expect((await errorOf(wrong)).code).toBe('INVALID_CREDENTIALS')
    expect((await call(endOthers, 'POST')).status).toBe(403)
    expect((await call(confirm, 'POST', { currentPassword: PASSWORD })).status).toBe(204)
    expect(await (await call(endOthers, 'POST')).json()).toEqual({ ended: 2 })
  })

  it('signs out of its own session, however long ago the password was proved', async () => {
    await beLongSignedIn(mine)
    const ended = await call(endSession, 'DELETE', null, bearer(mine), mine.sessionId)
    expect(ended.status).toBe(204)
  })

  it('counts a changed password as proved just now', async () => {
    await beLongSignedIn(mine)
    const { token } = await (await call(changePassword, 'POST', passwords)).json()
    const again = { authorization: `Bearer ${token}` }
    expect((await call(endOthers, 'POST', null, again)).status).toBe(200)
  })

  it('changes the password if the current one is right, and ends the other sessions', async () => {
    const other = await server.startSession(user)
    const wrong = { currentPassword: 'wrong', newPassword: 'a new password' }
    const refused = await call(changePassword, 'POST', wrong)
    // Not a 401, after which a client would refresh and retry.
    expect(refused.status).toBe(403)
    expect((await errorOf(refused)).code).toBe('INVALID_CREDENTIALS')
    expect(await reason(other)).toBeNull()

    const short = { currentPassword: PASSWORD, newPassword: 'short' }
    expect((await call(changePassword, 'POST', short)).status).toBe(400)
    const right = { currentPassword: PASSWORD, newPassword: 'a new password' }
    const changed = await call(changePassword, 'POST', right)
    const { token, ...body } = await changed.json()
    expect(body).toEqual({
      ended: 1,
      expiresIn: expect.any(Number),
      refreshToken: expect.any(String),
    })
    expect(await reason(other)).toBe('password_changed')
    expect(await reason(mine)).toBe('password_changed')
    expect((await call(changePassword, 'POST', right)).status).toBe(401)
    const again = { authorization: `Bearer ${token}` }
    expect((await call(changePassword, 'POST', right, again)).status).toBe(403)
  })

  const refreshing = (token: string) =>
    server.engine.refresh({
      tokens: [token],
      accessOnly: false,
      jar: false,
      challenges: [],
      client: here,
    })
  const jarOf = (grant: Grant) =>
    `${cookie(grant).cookie}; refresh_token=${grant.refresh?.token}; RefreshToken=${grant.refresh?.token}`

  it('F41 moves the session that changes the password: each cookie that held it gets the new tokens, and all old ones are refused', async () => {
    const headers = { cookie: jarOf(mine) }
    const changed = await call(changePassword, 'POST', passwords, headers)
    expect(await changed.json()).toEqual({ ended: 0 })
    const set = cookiePairs(changed.headers.getSetCookie())
    expect(Object.keys(set)).toEqual([
      'access_token',
      'refresh_token',
      'known_device',
      'RefreshToken',
    ])
    expect(set.RefreshToken).toBe(set.refresh_token)

    const old = { authorization: bearer(mine).authorization }
    expect((await call(me, 'GET', null, old)).status).toBe(401)
    await expect(refreshing(mine.refresh?.token ?? '')).rejects.toMatchObject({
      code: 'session_revoked',
    })
    const { session } = await (
      await call(me, 'GET', null, { cookie: `access_token=${set.access_token}` })
    ).json()
    expect(session.id).not.toBe(mine.sessionId)
    expect(await refreshing(set.refresh_token ?? '')).toMatchObject({ sessionId: session.id })
    const device = await server.devices.read([set.known_device ?? ''])
    expect(device).toMatchObject({ account: user.nameKey, sessionId: session.id })
  })

  it('F41 leaves a jar alone that holds another session than the Bearer token that asks', async () => {
    const other = await addUser(`Other ${people}`, PASSWORD)
    const headers = { cookie: jarOf(await server.startSession(other)), ...bearer(mine) }
    const changed = await call(changePassword, 'POST', passwords, headers)
    expect(changed.headers.getSetCookie()).toEqual([])
    const { refreshToken } = await changed.json()
    await refreshing(refreshToken)
  })

  it('F41 gives nothing to a session that was signed out meanwhile, and changes the password all the same', async () => {
    const { users } = server.database
    const find = users.findByName
    const found = vi.spyOn(users, 'findByName').mockImplementation(async (key) => {
      await server.engine.end(mine.sessionId, 'signed_out', here)
      return find(key)
    })
    const changed = await call(changePassword, 'POST', passwords, { cookie: jarOf(mine) })
    found.mockRestore()
    expect(await changed.json()).toEqual({ ended: 0 })
    expect(changed.headers.getSetCookie()).toEqual([])
    expect(await server.engine.list(user.id)).toEqual([])
    expect(await reason(mine)).toBe('signed_out')
    const now = await users.findById(user.id)
    expect(now?.passwordHash).not.toBe(user.passwordHash)
  })

  it('limits attempts at the password in a stolen session, and limits no other session', async () => {
    const wrong = { currentPassword: 'wrong', newPassword: 'a new password' }
    for (let i = 0; i < 10; i++) {
      expect((await call(changePassword, 'POST', wrong)).status).toBe(403)
    }
    const right = { currentPassword: PASSWORD, newPassword: 'a new password' }
    const limited = await call(changePassword, 'POST', right)
    expect(limited.status).toBe(429)
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    const owner = await server.startSession(user)
    expect((await call(changePassword, 'POST', right, bearer(owner))).status).toBe(200)
  })

  it('does not change the password of another user who has taken the name meanwhile', async () => {
    const heir = await addUser(`Heir ${people}`, PASSWORD)
    const { users } = server.database
    const find = vi.spyOn(users, 'findByName').mockResolvedValue(heir)
    expect((await call(changePassword, 'POST', passwords)).status).toBe(403)
    expect((await call(deleteAccount, 'DELETE', passwords)).status).toBe(403)
    find.mockRestore()
    expect(await users.findById(heir.id)).toEqual(heir)
  })

  it.each([
    ['sets no password', changePassword, 'POST'],
    ['deletes no account', deleteAccount, 'DELETE'],
  ] as const)('%s for who knew one that is changed meanwhile', async (_, handler, method) => {
    const { users } = server.database
    const find = users.findByName
    const found = vi.spyOn(users, 'findByName').mockImplementation(async (key) => {
      const user = await find(key)
      const by = { ...here, moves: null, provenWith: null }
      if (user) await users.setPassword(user.id, 'another hash', Date.now(), by)
      return user
    })
    const response = await call(handler, method, passwords)
    found.mockRestore()
    expect(response.status).toBe(403)
    expect((await errorOf(response)).code).toBe('INVALID_CREDENTIALS')
    expect(await users.findById(user.id)).toMatchObject({ passwordHash: 'another hash' })
  })

  it('deletes the account if the password is right', async () => {
    expect((await call(deleteAccount, 'DELETE', { currentPassword: 'wrong' })).status).toBe(403)
    expect(await server.database.users.findById(user.id)).not.toBeNull()
    const gone = await call(deleteAccount, 'DELETE', { currentPassword: PASSWORD })
    expect(gone.status).toBe(204)
    expect(await server.database.users.findById(user.id)).toBeNull()
    expect((await call(me, 'GET')).status).toBe(401)
  })
})

describe('health', () => {
  it('is live without the database, and ready only with it', async () => {
    expect(await (await call(live, 'GET', null, {})).json()).toEqual({ status: 'live' })
    expect(await (await call(ready, 'GET', null, {})).json()).toEqual({ status: 'ready' })
    const ping = vi.spyOn(server.database, 'ping').mockImplementation(async () => {
      throw new SessionError('unavailable')
    })
    const away = await call(ready, 'GET', null, {})
    ping.mockRestore()
    expect(away.status).toBe(503)
    expect((await errorOf(away)).code).toBe('UNAVAILABLE')
  })
})
