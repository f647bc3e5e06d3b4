import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { GET } from '@/app/api/cron/prune/route'
import { newSession, newUser } from '@/testing/database/samples'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { services } from '../composition'

const SECRET = 'the-secret-of-the-cron-with-32-characters'
const ask = (headers: Record<string, string> = {}) => GET(asked('GET', null, { headers }), null)
const authorized = { authorization: `Bearer ${SECRET}` }

describe('GET /api/cron/prune', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openServer({ CRON_SECRET: SECRET })
  })
  afterAll(() => server.dispose())

  it('deletes what has expired, says how much, and that nothing is left', async () => {
    const user = newUser()
    await server.database.users.create(user)
    // More than fit into one batch.
    for (let n = 0; n < 102; n++) {
      const session = newSession({ userId: user.id, createdAt: Date.now(), expiresAt: n })
      await server.database.sessions.create(session, { replaces: null, maxLive: 200 })
    }
    const living = newSession({ userId: user.id, createdAt: Date.now() })
    await server.database.sessions.create(living, { replaces: null, maxLive: 200 })

    const response = await ask(authorized)
    expect(response.status).toBe(200)
    expect(headersOf(response)).toMatchObject(ALWAYS)
    expect(await response.json()).toEqual({ deleted: 102, done: true })
    expect(await (await ask(authorized)).json()).toEqual({ deleted: 0, done: true })
    expect(await server.database.sessions.find(living.id)).not.toBeNull()
  })

  it('goes by the clock with which the rows were written', async () => {
    const user = newUser()
    await server.database.users.create(user)
    const now = Date.now()
    const session = newSession({ userId: user.id, createdAt: now, expiresAt: now + 60_000 })
    await server.database.sessions.create(session, { replaces: null, maxLive: 200 })
    const clock = vi.spyOn(await services(), 'clock').mockReturnValue(now + 60_000)
    expect(await (await ask(authorized)).json()).toEqual({ deleted: 1, done: true })
    clock.mockRestore()
  })

  it.each([
    ['nothing', {}, 'Bearer'],
    ['another secret', { authorization: `Bearer ${SECRET}x` }, 'Bearer error="invalid_token"'],
    ['the secret by another scheme', { authorization: `Basic ${btoa(SECRET)}` }, 'Bearer'],
  ])('refuses %s', async (_, headers, challenge) => {
    const response = await ask(headers as Record<string, string>)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(challenge)
    expect(await errorOf(response)).toMatchObject({ code: 'INVALID_CRON_SECRET' })
  })

  it.each(CROSS_SITE)('refuses %s, though it knows the secret', async (_, headers) => {
    expect((await ask({ ...authorized, ...headers })).status).toBe(403)
  })
})

describe('without CRON_SECRET', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await openServer()
  })
  afterAll(() => server.dispose())

  it('there is no such route, whatever credentials are sent', async () => {
    for (const headers of [{}, authorized, { authorization: 'Bearer ' }]) {
      expect((await ask(headers as Record<string, string>)).status).toBe(404)
    }
  })
})
