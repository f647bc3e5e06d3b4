import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { POST as confirm } from '@/app/api/account/confirm/route'
import { POST as changePassword } from '@/app/api/account/password/route'
import { DELETE as deleteAccount } from '@/app/api/account/route'
import { POST as login } from '@/app/api/auth/login/route'
import { POST as refresh } from '@/app/api/auth/refresh/route'
import { POST as register } from '@/app/api/auth/register/route'
import { GET as me } from '@/app/api/me/route'
import { POST as endOthers } from '@/app/api/sessions/end-others/route'
import { route } from '@/server/http/route'
import type { ClaimsOf } from '@/session/tokens/claims'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  headersOf,
  Jar,
  openServer,
  readCookie,
  type TestServer,
} from '@/testing/server/suite'
import { addUser } from '../account/account'
import { endSessions } from '../account/end-sessions'
import type { OwnUser, OwnUsers } from '../own-users'
import { nameKey } from './credentials'
import { type PasswordlessOptions, signInAs, startSession } from './start-session'

const own = vi.hoisted(() => ({
  ownUsers: null as OwnUsers | null,
  claimsOf: null as ClaimsOf | null,
}))
vi.mock('@/server/auth/own', () => own)
// Outside Next.js there is no request whose headers `headers()` could return.
const scope = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({
  headers: async () => scope.headers,
  cookies: async () => new Map(),
}))

const PASSWORD = 'correct horse'
const phone = { address: '192.0.2.7', userAgent: 'Phone/1' }
const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' }
const people = new Map<string, OwnUser>()
let server: TestServer

async function open(claimsOf: ClaimsOf | null = null, ownUsers: OwnUsers | null = null) {
  Object.assign(own, { claimsOf, ownUsers })
  server = await openServer()
}
/** Opens a server whose users are those in `people`. */
const openWithTable = (claimsOf: ClaimsOf | null = null) =>
  open(claimsOf, { find: async (id) => people.get(id) ?? null })
afterEach(async () => {
  people.clear()
  await server.dispose()
})

const callback = (id: string, next?: string, options?: PasswordlessOptions) =>
  route((request) => signInAs(request, id, next, options))
/** Calls a protected route as Next.js does, with these cookies. */
function call(handler: typeof me, method: string, jar: Jar, body: object | null = null) {
  const request = asked(method, body, { jar })
  scope.headers = request.headers
  return handler(request, {})
}
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error) => [error.status, error.code],
  )

describe('a session without a password', () => {
  beforeEach(() => open())

  it('starts for a user of the table `users`, with a password or without', async () => {
    const { id } = await addUser('Ada', PASSWORD)
    const grant = await startSession(id, phone)
    const { session } = await server.engine.check(grant.access.token)
    expect(session).toMatchObject({ userId: id, userName: 'Ada', ...phone, userHasPassword: true })
    const user = { id: 'bare', name: 'Bare', nameKey: 'bare', passwordHash: null, createdAt: 0 }
    await server.database.users.create(user)
    const bare = await server.engine.check((await startSession('bare', phone)).access.token)
    expect(bare.session).toMatchObject({ userId: 'bare', userHasPassword: false })
  })

  it('ends the one that it replaces', async () => {
    const { id } = await addUser('Ada', PASSWORD)
    const first = await startSession(id, phone)
    await startSession(id, phone, { replaces: [first.refresh?.token ?? ''] })
    const row = await server.database.sessions.find(first.sessionId)
    expect(row).toMatchObject({ endedReason: 'replaced' })
  })

  it('does not start for an id that nobody has, nor for a user who is disabled', async () => {
    expect(await codeOf(startSession('nobody', phone))).toEqual([404, 'USER_NOT_FOUND'])
    expect(await codeOf(startSession('', phone))).toEqual([404, 'USER_NOT_FOUND'])
    const ada = await addUser('Ada', PASSWORD)
    const { users } = server.database
    const find = vi.spyOn(users, 'findById').mockResolvedValue({ ...ada, disabledAt: 1 })
    expect(await codeOf(startSession(ada.id, phone))).toEqual([403, 'USER_DISABLED'])
    find.mockRestore()
    const start = vi.spyOn(server.database.sessions, 'create').mockResolvedValue(false)
    expect(await codeOf(startSession(ada.id, phone))).toEqual([403, 'USER_DISABLED'])
    start.mockRestore()
  })

  it('all end at once, access tokens included', async () => {
    const { id } = await addUser('Ada', PASSWORD)
    const grants = [await startSession(id, phone), await startSession(id, phone)]
    expect(await endSessions(id, phone)).toBe(2)
    expect(await endSessions(id)).toBe(0)
    for (const { access } of grants) {
      await expect(server.engine.check(access.token)).rejects.toThrow('session_revoked')
    }
  })
})

describe('signInAs', () => {
  let id: string
  beforeEach(async () => {
    await open()
    id = (await addUser('Ada', PASSWORD)).id
  })

  it('answers a program as a sign-in with a password does', async () => {
    const response = await callback(id)(asked('POST', {}), {})
    expect(response.status).toBe(200)
    const { token, expiresIn, user } = await response.json()
    expect({ expiresIn, user }).toEqual({ expiresIn: 900, user: { id, name: 'Ada' } })
    expect(headersOf(response)).toMatchObject(ALWAYS)
    const jar = new Jar().take(response)
    expect(readCookie(jar.header, 'access_token')).toBe(token)
    expect(readCookie(jar.header, 'refresh_token')).not.toBeNull()
    expect(await (await call(me, 'GET', jar)).json()).not.toHaveProperty('claims')
  })

  it.each([
    ['/devices?tab=2', '/devices?tab=2'],
    [undefined, '/dashboard'],
    ['//evil.example', '/dashboard'],
    ['/\\evil.example', '/dashboard'],
    ['https://evil.example/', '/dashboard'],
    ['/\t/evil.example', '/dashboard'],
    ['javascript:alert(1)', '/dashboard'],
    ['/sign-in', '/dashboard'],
  ])('redirects a navigation and a form that want %j to %j', async (next, place) => {
    const navigation = asked('GET', null, { headers: NAVIGATION })
    for (const request of [navigation, asked('POST', 'a=b')]) {
      const response = await callback(id, next)(request, {})
      expect(response.status).toBe(303)
      expect(response.headers.get('location')).toBe(place)
      expect(response.headers.getSetCookie()).toHaveLength(3)
    }
  })

  it.each(CROSS_SITE)('refuses a write of %s, even outside a route', async (_, headers) => {
    const attempt = signInAs(asked('POST', {}, { headers }), id)
    expect(await codeOf(attempt)).toEqual([403, 'CROSS_SITE_REQUEST'])
    expect(await server.engine.list(id)).toEqual([])
  })

  it('replaces the session of the jar, and stays the same device', async () => {
    const jar = new Jar().take(await callback(id)(asked('POST', {}), {}))
    const device = await server.devices.read([readCookie(jar.header, 'known_device') ?? ''])
    const again = await callback(id)(asked('POST', {}, { jar }), {})
    expect(await server.engine.list(id)).toHaveLength(1)
    jar.take(again)
    const now = await server.devices.read([readCookie(jar.header, 'known_device') ?? ''])
    expect(now?.id).toBe(device?.id)
    expect(now?.sessionId).not.toBe(device?.sessionId)
  })
})

describe('users of an own table', () => {
  beforeEach(async () => {
    await openWithTable()
    people.set('p1', { id: 'p1', name: 'Mira' })
  })
  const enter = async (id: string) => new Jar().take(await callback(id)(asked('POST', {}), {}))
  const renew = (jar: Jar) => refresh(asked('POST', null, { jar }), {})

  it('are mirrored at their first sign-in, and followed from then on', async () => {
    const jar = await enter('p1')
    expect(await server.database.users.findById('p1')).toMatchObject({
      ...{ name: 'Mira', nameKey: ' p1', passwordHash: null },
    })
    people.set('p1', { id: 'p1', name: 'Mira Nova' })
    const { status } = await renew(jar)
    expect(status).toBe(200)
    expect(await server.database.users.findById('p1')).toMatchObject({ name: 'Mira Nova' })
    const { user } = await (await call(me, 'GET', jar)).json()
    expect(user).toEqual({ id: 'p1', name: 'Mira Nova' })
    people.set('p1', { id: 'p1', name: 'Third' })
    await enter('p1')
    expect(await server.database.users.findById('p1')).toMatchObject({ name: 'Third' })
  })

  it('are signed out at the next refresh once they are gone or disabled', async () => {
    const jar = await enter('p1')
    people.set('p1', { id: 'p1', name: 'Mira', disabled: true })
    const disabled = await renew(jar)
    expect([disabled.status, (await errorOf(disabled)).reason]).toEqual([401, 'revoked'])
    people.delete('p1')
    const gone = await renew(jar)
    expect([gone.status, (await errorOf(gone)).reason]).toEqual([401, 'unknown'])
    expect(await codeOf(startSession('p1', phone))).toEqual([404, 'USER_NOT_FOUND'])
    people.set('p1', { id: 'p1', name: 'Mira', disabled: true })
    expect(await codeOf(startSession('p1', phone))).toEqual([403, 'USER_DISABLED'])
  })

  it('are not signed out while their table fails: 503, no cookie deleted, nothing changed', async () => {
    const jar = await enter('p1')
    const [before] = await server.engine.list('p1')
    const find = vi.spyOn(own.ownUsers as OwnUsers, 'find').mockRejectedValue(new Error('down'))
    const response = await renew(jar)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.getSetCookie()).toEqual([])
    await expect(startSession('p1', phone)).rejects.toThrow('unavailable')
    expect(await server.engine.list('p1')).toEqual([before])
    find.mockRestore()
    expect((await renew(jar)).status).toBe(200)
  })

  it('cannot sign in with a password, whatever name is typed', async () => {
    await enter('p1')
    for (const username of ['Mira', ' p1', '\u00a0p1', '\u3000p1']) {
      for (const password of ['', PASSWORD]) {
        const response = await login(asked('POST', { username, password }), {})
        expect([response.status, (await errorOf(response)).code]).toEqual([
          ...[401, 'INVALID_CREDENTIALS'],
        ])
      }
    }
  })

  it('cannot try the password of a user who has the same name', async () => {
    const ada = await addUser('Ada', PASSWORD)
    people.set('p2', { id: 'p2', name: 'Ada' })
    const jar = await enter('p2')
    const body = { currentPassword: PASSWORD, newPassword: 'a new password' }
    for (const handler of [confirm, changePassword]) {
      const response = await call(handler, 'POST', jar, body)
      expect([response.status, (await errorOf(response)).code]).toEqual([409, 'NO_PASSWORD'])
    }
    expect(await server.database.users.findById(ada.id)).toEqual(ada)
  })

  it('cannot be entered by an id that a user with a password has, unless that one was authenticated', async () => {
    const ada = await addUser('Ada', PASSWORD)
    people.set(ada.id, { id: ada.id, name: 'Mallory' })
    expect(await codeOf(startSession(ada.id, phone))).toEqual([409, 'PASSWORD_USER'])
    expect(await server.engine.list(ada.id)).toEqual([])
    const response = await callback(ada.id)(asked('POST', {}), {})
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await server.database.users.findById(ada.id)).toEqual(ada)
    const grant = await startSession(ada.id, phone, { passwordUser: true })
    const { session } = await server.engine.check(grant.access.token)
    expect(session.userName).toBe('Ada')
  })

  it('cannot be entered by such an id if the password was set after it was looked up', async () => {
    const ada = await addUser('Ada', PASSWORD)
    people.set(ada.id, { id: ada.id, name: 'Mallory' })
    const find = vi.spyOn(server.database.users, 'findById').mockResolvedValueOnce(null)
    expect(await codeOf(startSession(ada.id, phone))).toEqual([409, 'PASSWORD_USER'])
    find.mockRestore()
  })

  it('are the only ones: a password alone signs nobody in whom the table does not have', async () => {
    const ada = await addUser('Ada', PASSWORD)
    const enterAda = () => login(asked('POST', { username: 'Ada', password: PASSWORD }), {})
    expect((await enterAda()).status).toBe(401)
    const joined = await register(asked('POST', { username: 'Bob', password: PASSWORD }), {})
    expect(joined.status).not.toBe(200)
    expect(joined.headers.getSetCookie()).toEqual([])
    people.set(ada.id, { id: ada.id, name: 'Mallory', disabled: true })
    expect((await enterAda()).status).toBe(401)
    people.set(ada.id, { id: ada.id, name: 'Mallory' })
    const response = await enterAda()
    expect((await response.json()).user).toEqual({ id: ada.id, name: 'Ada' })
  })

  it('prove who they are by a recent sign-in where others enter a password', async () => {
    const jar = await enter('p1')
    const { sessions } = server.database
    const find = sessions.findFor
    const old = vi.spyOn(sessions, 'findFor').mockImplementation(async (...given) => {
      const found = await find(...given)
      return found && { ...found, session: { ...found.session, authTime: 0 } }
    })
    for (const [handler, method] of [
      [deleteAccount, 'DELETE'],
      [endOthers, 'POST'],
    ] as const) {
      const response = await call(handler, method, jar)
      expect([response.status, (await errorOf(response)).code]).toEqual([
        ...[403, 'RECENT_SIGN_IN_REQUIRED'],
      ])
    }
    old.mockRestore()
    expect(await server.database.users.findById('p1')).not.toBeNull()
    expect((await call(deleteAccount, 'DELETE', jar)).status).toBe(204)
    expect(await server.database.users.findById('p1')).toBeNull()
  })
})

describe('claims of a deployment', () => {
  it('are read by pages and by GET /api/me, and change at the next refresh', async () => {
    let plan = 'free'
    await openWithTable(async ({ name }) => ({ plan, name, roles: ['reader'] }))
    people.set('p1', { id: 'p1', name: 'Mira' })
    const jar = new Jar().take(await callback('p1')(asked('POST', {}), {}))
    const claims = async () => (await (await call(me, 'GET', jar)).json()).claims
    expect(await claims()).toEqual({ plan: 'free', name: 'Mira', roles: ['reader'] })
    plan = 'pro'
    expect((await claims()).plan).toBe('free')
    jar.take(await refresh(asked('POST', null, { jar }), {}))
    expect((await claims()).plan).toBe('pro')
  })

  it('that do not fit are an error that says so in the log, and no session starts', async () => {
    await openWithTable(() => ({ all: 'x'.repeat(4000) }))
    people.set('p1', { id: 'p1', name: 'Mira' })
    await expect(startSession('p1', phone)).rejects.toThrow(/bytes of claims/)
    const response = await callback('p1')(asked('POST', {}), {})
    expect(response.status).toBe(500)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await server.engine.list('p1')).toEqual([])
  })
})

it('no typed name has the key of a mirrored user', async () => {
  await open()
  for (let point = 0; point <= 0x10ffff; point++) {
    const key = nameKey(`${String.fromCodePoint(point)}p1`)
    if (key.startsWith(' ')) throw new Error(`U+${point.toString(16)} starts a key with a space`)
  }
})
