import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { HttpError } from '@/server/http/http-error'
import { SessionError } from '@/session/errors'
import type { Grant } from '@/session/grant'
import { openServer, type TestServer } from '@/testing/server/suite'
import { addUser } from '../account/account'
import { personalAction } from './personal-action'

// Next.js keeps the headers of the current request; outside of a request there are none.
const scope = vi.hoisted(() => ({ headers: new Headers() }))
vi.mock('next/headers', () => ({
  headers: async () => scope.headers,
  cookies: async () => new Map(),
}))

let server: TestServer
let ann: Awaited<ReturnType<typeof addUser>>
let bob: typeof ann
let grant: Grant
const done: string[] = []

beforeAll(async () => {
  server = await openServer()
  ann = await addUser('Ann', 'correct horse')
  bob = await addUser('Bob', 'correct horse')
  grant = await server.startSession(bob)
})
afterAll(() => server.dispose())
beforeEach(() => {
  done.splice(0)
  scope.headers = new Headers({ cookie: `access_token=${grant.access.token}` })
})

const send = personalAction<string>({
  page: '/reports',
  async run({ userName }, data) {
    if (data.get('note') === 'too much') throw new HttpError(429, 'RATE_LIMITED', 'Too much')
    done.push(`${data.get('note')} of ${userName}`)
    return 'sent'
  },
  refuse: ({ code, message }, data) => `${code} of ${data.get('note')}: ${message}`,
})

function form(fields: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}

describe('an action of a page that was rendered for one person', () => {
  it('runs for that person, and returns a failure to its form', async () => {
    const of = { renderedFor: bob.id }
    expect(await send(null, form({ ...of, note: 'one' }))).toBe('sent')
    expect(done).toEqual(['one of Bob'])
    const refused = await send(null, form({ ...of, note: 'too much' }))
    expect(refused).toBe('RATE_LIMITED of too much: Too much')
  })

  it('F29 does nothing for another person who has signed in since, and says who that is', async () => {
    expect(await send(null, form({ renderedFor: ann.id, note: 'one' }))).toBe(
      'SIGNED_IN_AS_ANOTHER of one: You are now signed in as Bob in this browser, so nothing was done. Reload this page to go on as Bob',
    )
    expect(done).toEqual([])
  })

  it.each<[string, unknown]>([
    ['a form that names no person', form({ note: 'one' })],
    ['an empty name', form({ renderedFor: '', note: 'one' })],
    ['no form', null],
    ['an object', { renderedFor: 'whatever', get: () => 'whatever' }],
  ])('F29 does nothing for %s', async (_, data) => {
    expect(await send(null, data as FormData)).toMatch(/^PAGE_OUT_OF_DATE/)
    expect(done).toEqual([])
  })

  it('sends a person without a session to sign in, before it reads the form', async () => {
    scope.headers = new Headers()
    await expect(send(null, form({ renderedFor: ann.id }))).rejects.toMatchObject({
      digest: expect.stringContaining('/sign-in?next=%2Freports'),
    })
  })

  it('returns UNAVAILABLE to its form during an outage', async () => {
    const find = vi.spyOn(server.database.sessions, 'findFor')
    find.mockRejectedValue(new SessionError('unavailable'))
    const refused = await send(null, form({ renderedFor: bob.id, note: 'one' }))
    find.mockRestore()
    expect(refused).toMatch(/^UNAVAILABLE of one: Temporarily unavailable/)
  })
})
