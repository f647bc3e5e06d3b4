import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cookieName, setCookie } from '@/http/request/cookies'
import { addUser } from '@/server/auth/account/account'
import { DEVICE_COOKIE_SECONDS } from '@/server/auth/account/device-token'
import type { Grant } from '@/session/grant'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  HTTP,
  HTTPS,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { POST } from './route'

let server: TestServer
let user: Awaited<ReturnType<typeof addUser>>
let grant: Grant

const reason = async ({ sessionId }: Grant) =>
  (await server.database.sessions.find(sessionId))?.endedReason

describe.each([HTTP, HTTPS])('signing out of %s', (origin) => {
  beforeAll(async () => {
    server = await openServer({ APP_ORIGIN: origin })
    user = await addUser('Ada', 'correct horse')
  })
  afterAll(() => server.dispose())
  beforeEach(async () => {
    grant = await server.startSession(user)
  })
  afterEach(() => server.engine.endOthers(user.id, '', { address: '', userAgent: '' }))

  const cookie = (role: 'access' | 'refresh', value: string) =>
    `${cookieName(role, server.config)}=${value}`
  const signOut = (headers: Record<string, string>, body: string | null = null) =>
    POST(asked('POST', body, { headers }), {})

  it('F17 ends the session in the database, and answers a program 204', async () => {
    const response = await signOut({ cookie: cookie('refresh', grant.refresh?.token ?? '') })
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    expect(headersOf(response)).toMatchObject(ALWAYS)
    expect(await reason(grant)).toBe('signed_out')
    await expect(server.engine.check(grant.access.token)).rejects.toMatchObject({
      code: 'session_signed_out',
    })
  })

  it('sends a form to sign-in, where it is told what happened', async () => {
    const headers = { cookie: cookie('refresh', grant.refresh?.token ?? ''), origin }
    const response = await signOut(headers, 'whatever=1')
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/sign-in?reason=signed_out')
    expect(await reason(grant)).toBe('signed_out')
  })

  it('deletes the cookies of the session with the attributes that they were set with', async () => {
    const response = await signOut({})
    const deleted = (['access', 'refresh', 'challenge'] as const).map((role) =>
      setCookie(role, '', 0, server.config),
    )
    expect(response.headers.getSetCookie()).toEqual(deleted)
  })

  it('leaves the device known, without a session whose end sign-in would explain', async () => {
    const device = { account: 'ada', sessionId: grant.sessionId }
    const known = await server.devices.issue(device)
    const name = cookieName('device', server.config)
    const response = await signOut({ cookie: `${name}=${known}` })
    const line = response.headers.getSetCookie().at(-1) ?? ''
    expect(line.startsWith(`${name}=`)).toBe(true)
    const mark = line.slice(name.length + 1).split(';', 1)[0] ?? ''
    expect(line).toBe(setCookie('device', mark, DEVICE_COOKIE_SECONDS, server.config))
    // It is issued again, possibly a second later.
    const { id } = (await server.devices.read([known])) ?? {}
    const left = await server.devices.read([mark])
    expect(left).toMatchObject({ id, account: 'ada', sessionId: null })
  })

  it('is idempotent, works without a session, and records one event', async () => {
    const headers = { cookie: cookie('refresh', grant.refresh?.token ?? '') }
    for (let i = 0; i < 3; i++) expect((await signOut(headers)).status).toBe(204)
    expect((await signOut({})).status).toBe(204)
    expect((await signOut({ cookie: cookie('refresh', 'nonsense') })).status).toBe(204)
    const events = await server.database.sessions.events(grant.sessionId, 9)
    expect(events.map(({ kind }) => kind)).toEqual(['ended', 'signed_in'])
  })

  it('works with the access token alone, in its cookie or as Bearer', async () => {
    await signOut({ cookie: cookie('access', grant.access.token) })
    expect(await reason(grant)).toBe('signed_out')
    const other = await server.startSession(user)
    await signOut({ authorization: `Bearer ${other.access.token}` })
    expect(await reason(other)).toBe('signed_out')
  })

  it('ends nothing by an access token that was revoked, and deletes the cookies all the same', async () => {
    await server.engine.revoke(grant.access.token, { address: '', userAgent: '' })
    const headers = { cookie: cookie('access', grant.access.token) }
    expect((await signOut(headers)).headers.getSetCookie()).toHaveLength(3)
    await signOut({ authorization: `Bearer ${grant.access.token}` })
    expect(await reason(grant)).toBeNull()
  })

  it('F29 ends nothing for a page that was rendered for another user, and says so', async () => {
    const headers = { cookie: cookie('refresh', grant.refresh?.token ?? ''), origin }
    const byScript = await signOut({ ...headers, 'x-rendered-for': 'ann' })
    expect(byScript.status).toBe(409)
    expect((await errorOf(byScript)).code).toBe('SIGNED_IN_AS_ANOTHER')
    const byForm = await signOut(headers, 'renderedFor=ann')
    expect(byForm.status).toBe(303)
    expect(byForm.headers.get('location')).toBe('/dashboard?notice=another')
    for (const response of [byScript, byForm]) expect(response.headers.getSetCookie()).toEqual([])
    expect(await reason(grant)).toBeNull()

    const own = await signOut(headers, `renderedFor=${user.id}`)
    expect(own.headers.get('location')).toBe('/sign-in?reason=signed_out')
    expect(await reason(grant)).toBe('signed_out')
  })

  it('F29 signs out the page’s user if the cookies hold no session any more', async () => {
    const response = await signOut({ 'x-rendered-for': user.id, origin })
    expect(response.status).toBe(204)
    expect(response.headers.getSetCookie()).toHaveLength(3)
  })

  it('of a Bearer token leaves the session of the cookies alone', async () => {
    const other = await server.startSession(user)
    const headers = { cookie: cookie('refresh', grant.refresh?.token ?? '') }
    await signOut({ ...headers, authorization: `Bearer ${other.access.token}` })
    expect(await reason(grant)).toBeNull()
    expect(await reason(other)).toBe('signed_out')
  })

  it.each(CROSS_SITE.filter(([, headers]) => headers.origin !== HTTP || origin === HTTPS))(
    'is not for %s to do',
    async (_, headers) => {
      const own = { cookie: cookie('refresh', grant.refresh?.token ?? '') }
      const response = await signOut({ ...headers, ...own })
      expect(response.status).toBe(403)
      expect((await errorOf(response)).code).toBe('CROSS_SITE_REQUEST')
      expect(response.headers.getSetCookie()).toEqual([])
      expect(await reason(grant)).toBeNull()
    },
  )

  it('ignores an unprefixed cookie on https, which a sibling can set', async () => {
    await signOut({
      cookie: `refresh_token=${grant.refresh?.token}; access_token=${grant.access.token}`,
    })
    expect(await reason(grant)).toBe(origin === HTTP ? 'signed_out' : null)
  })
})
