import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { actionAsyncStorage } from 'next/dist/server/app-render/action-async-storage.external'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Methods } from '@/server/http/resource'
import { route } from '@/server/http/route'
import { SessionError } from '@/session/errors'
import type { Grant } from '@/session/grant'
import {
  ALWAYS,
  asked,
  CROSS_SITE,
  errorOf,
  headersOf,
  openServer,
  type TestServer,
} from '@/testing/server/suite'
import { addUser } from '../account/account'
import { requireSession } from './dal'

// Next.js keeps the current request in an `AsyncLocalStorage`, which must be a global when Next.js is loaded.
const scope = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({
  headers: async () => scope.headers,
  cookies: async () => new Map(),
}))
vi.hoisted(async () => {
  const { AsyncLocalStorage } = await import('node:async_hooks')
  Object.assign(globalThis, { AsyncLocalStorage })
})

let server: TestServer
let grant: Grant

beforeAll(async () => {
  server = await openServer()
  grant = await server.startSession(await addUser('Ada', 'correct horse'))
})
afterAll(() => server.dispose())

/** The API route that the README shows. */
async function recipe(): Promise<Methods> {
  const [, code = ''] = /```ts route\n(.*?)```/s.exec(readFileSync('README.md', 'utf8')) ?? []
  const directory = mkdtempSync(join(tmpdir(), 'rekindle-route-'))
  try {
    writeFileSync(join(directory, 'route.ts'), code)
    return await import(join(directory, 'route.ts'))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Calls a method of the README's route as Next.js does, as a route handler. */
async function call(method: keyof Methods, headers: Record<string, string> = {}) {
  const handlers = await recipe()
  return within(headers, () => handlers[method](asked(method, null, { headers }), {}))
}

function within<Result>(headers: Record<string, string>, work: () => Result): Result {
  scope.headers = new Headers(headers)
  return actionAsyncStorage.run({ isAppRoute: true }, work)
}

describe('F48 the API route in the README', () => {
  const bearer = () => ({ authorization: `Bearer ${grant.access.token}` })
  const cookie = () => ({ cookie: `access_token=${grant.access.token}` })

  it('answers the signed-in user, by a header or a cookie', async () => {
    for (const headers of [bearer(), cookie()]) {
      const response = await call('GET', headers)
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ reports: ['A report for Ada'] })
      expect(headersOf(response)).toMatchObject(ALWAYS)
    }
  })

  it('answers 401 in the usual error format, and never redirects, without a live session', async () => {
    const anonymous = await call('GET')
    expect(anonymous.status).toBe(401)
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer')
    expect((await errorOf(anonymous)).code).toBe('MISSING_ACCESS_TOKEN')
    const forged = await call('GET', { authorization: 'Bearer nonsense' })
    expect(forged.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
    expect((await errorOf(forged)).code).toBe('INVALID_ACCESS_TOKEN')
    for (const response of [anonymous, forged]) {
      expect(headersOf(response)).toMatchObject(ALWAYS)
      expect(response.headers.has('location')).toBe(false)
    }
  })

  it('answers 503 while the database is unavailable', async () => {
    const find = vi.spyOn(server.database.sessions, 'findFor')
    find.mockRejectedValue(new SessionError('unavailable'))
    const response = await call('GET', bearer())
    find.mockRestore()
    expect(response.status).toBe(503)
    expect(response.headers.has('retry-after')).toBe(true)
    expect((await errorOf(response)).code).toBe('UNAVAILABLE')
  })

  it('answers 405 to another method, and 403 to another site', async () => {
    const response = await call('DELETE', bearer())
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    for (const [, headers] of CROSS_SITE) {
      expect((await call('POST', { ...cookie(), ...headers })).status).toBe(403)
    }
  })
})

describe('F48 requireSession in a route handler', () => {
  it('throws a plain error that names what to use instead', async () => {
    for (const headers of [{}, { cookie: `access_token=${grant.access.token}` }]) {
      await expect(within(headers, () => requireSession())).rejects.toThrow(
        /requireSession\(\).*protectedRoute\(\)/,
      )
    }
  })

  it('becomes a 500 in the usual error format where the handler is a route', async () => {
    const handler = route(async () => Response.json(await requireSession()))
    const response = await within({}, () => handler(asked('GET'), {}))
    expect(response.status).toBe(500)
    expect((await errorOf(response)).code).toBe('INTERNAL_ERROR')
  })

  it('does not throw in a page or a server action', async () => {
    scope.headers = new Headers({ cookie: `access_token=${grant.access.token}` })
    expect((await requireSession()).userName).toBe('Ada')
    const inAction = actionAsyncStorage.run({ isAction: true }, () => requireSession())
    expect((await inAction).userName).toBe('Ada')
  })
})
