import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { lifeBody } from '@/contracts/life'
import type { User } from '@/db/database'
import { addUser } from '@/server/auth/account/account'
import type { Grant } from '@/session/grant'
import {
  ALWAYS,
  asked,
  errorOf,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { HEAD as head, GET as watch } from './events/route'
import { GET as show } from './route'

const scope = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({
  headers: async () => scope.headers,
  cookies: async () => new Map(),
}))

const here = { address: '192.0.2.9', userAgent: 'Tablet/1' }
let server: TestServer
let user: User
let mine: Grant
let people = 0
const open: AbortController[] = []

beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.dispose())
beforeEach(async () => {
  user = await addUser(`Watcher ${++people}`, 'ember and ash')
  mine = await server.startSession(user)
})
afterEach(() => {
  for (const one of open.splice(0)) one.abort()
})

function call(handler: typeof show, query = '', grant = mine, method = 'GET') {
  scope.headers = new Headers({ cookie: `access_token=${grant.access.token}` })
  const leaving = new AbortController()
  open.push(leaving)
  const { url, headers } = asked(method, null, { headers: Object.fromEntries(scope.headers) })
  const { signal } = leaving
  return handler(new Request(`${url}${query}`, { method, headers, signal }), {})
}

/** Reads the messages of a stream, one at a time; null at its end. */
function messagesOf({ body }: Response) {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return async (): Promise<ReturnType<typeof lifeBody.parse> | null> => {
    for (;;) {
      const [, message, rest] = /^.*?data: ([^\n]*)\n\n(.*)$/s.exec(text) ?? []
      if (message !== undefined) {
        text = rest ?? ''
        return lifeBody.parse(JSON.parse(message))
      }
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return null
      text += value
    }
  }
}

describe('GET /api/auth/session', () => {
  it('shows the life of this session, and renews nothing', async () => {
    const response = await call(show)
    expect(headersOf(response)).toMatchObject(ALWAYS)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(lifeBody.parse(await response.json())).toMatchObject({
      ...{ userId: user.id, renewals: 0, ended: null },
      events: [{ kind: 'signed_in', detail: null }],
    })
  })

  it('F29 says nothing of another person than the page was rendered for', async () => {
    for (const handler of [show, watch]) {
      const response = await call(handler, '?rendered-for=somebody-else')
      expect(response.status).toBe(409)
      expect((await errorOf(response)).code).toBe('SIGNED_IN_AS_ANOTHER')
      expect((await call(handler, `?rendered-for=${user.id}`)).status).toBe(200)
    }
  })
})

describe('GET /api/auth/session/events', () => {
  it('is a stream that no proxy holds back, stores or compresses', async () => {
    const response = await call(watch)
    expect(headersOf(response)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
    })
  })

  it('tells the life at once, each renewal, and at last why the session ended', async () => {
    const next = messagesOf(await call(watch))
    expect(await next()).toMatchObject({ userId: user.id, renewals: 0, ended: null })
    const at = { generation: 0, branch: 0 }
    await server.database.sessions.advance(mine.sessionId, at, {
      ...{ generation: 1, branch: 0, parentBranch: 0, oauthClientId: null },
      ...{ issuedAt: server.clock(), idleExpiresAt: server.clock() + 60_000 },
      ...here,
    })
    expect(await next()).toMatchObject({ renewals: 1, ended: null })
    await server.engine.end(mine.sessionId, 'ended_elsewhere', here)
    expect(await next()).toMatchObject({
      ended: { reason: 'revoked' },
      events: [{ kind: 'ended', detail: 'ended_elsewhere' }, { kind: 'signed_in' }],
    })
    expect(await next()).toBeNull()
  })

  it('tells nothing of other sessions of the person, nor of other people', async () => {
    const next = messagesOf(await call(watch))
    await next()
    const other = await server.startSession(user)
    const stranger = await server.startSession(await addUser(`Stranger ${people}`, 'ember and ash'))
    await server.engine.end(other.sessionId, 'signed_out', here)
    await server.engine.end(stranger.sessionId, 'signed_out', here)
    await server.engine.end(mine.sessionId, 'signed_out', here)
    const last = await next()
    expect(last?.ended?.reason).toBe('signed_out')
    expect(last?.events.map(({ kind }) => kind)).toEqual(['ended', 'signed_in'])
  })

  it('tells that the account was deleted', async () => {
    const next = messagesOf(await call(watch))
    await next()
    await server.database.users.remove(user)
    expect(await next()).toMatchObject({ ended: { reason: 'unknown' } })
    expect(await next()).toBeNull()
  })

  it('is open four times for a session, then 429 until one has gone; HEAD takes no place', async () => {
    for (let n = 0; n < 9; n++) expect((await call(head, '', mine, 'HEAD')).status).toBe(200)
    for (let n = 0; n < 4; n++) expect((await call(watch)).status).toBe(200)
    const refused = await call(watch)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('30')
    open[open.length - 2]?.abort()
    expect((await call(watch)).status).toBe(200)
    expect((await call(watch, '', await server.startSession(user))).status).toBe(200)
  })

  it('is refused once the session has ended', async () => {
    await server.engine.end(mine.sessionId, 'signed_out', here)
    const response = await call(watch)
    expect(response.status).toBe(401)
    expect(await errorOf(response)).toMatchObject({ reason: 'signed_out' })
  })
})
