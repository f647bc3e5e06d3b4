import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openServer, type TestServer } from '@/testing/server/suite'
import { findOAuthClient, requireOAuthClient } from './oauth-client'

const SECRET = 'a secret: with + and % in it, 32 long'.replaceAll(' ', '_').replaceAll(',', '.')
let server: TestServer

beforeAll(async () => {
  server = await openServer({ OAUTH_CLIENTS: `api:${SECRET},phone` })
})
afterAll(() => server.dispose())

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const encoded = (id: string, secret: string) =>
  basic(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)
const headers = (authorization?: string) =>
  new Headers(authorization === undefined ? {} : { authorization })
const INVALID = { status: 401, code: 'INVALID_CLIENT' }

describe('an OAuth client', () => {
  it.each([
    ['unnamed', undefined, {}, null],
    ['unnamed, with a token of another scheme', 'Bearer x', {}, null],
    ['a public one', undefined, { client_id: 'phone' }, 'phone'],
    ['a public one, by Basic without a secret', encoded('phone', ''), {}, 'phone'],
    ['a confidential one, by Basic', encoded('api', SECRET), {}, 'api'],
    [
      'a confidential one, by Basic in lower case',
      encoded('api', SECRET).replace('Basic', 'basic'),
      {},
      'api',
    ],
    [
      'a confidential one, by Basic and also named in the body',
      encoded('api', SECRET),
      { client_id: 'api' },
      'api',
    ],
    [
      'a confidential one, in the body',
      undefined,
      { client_id: 'api', client_secret: SECRET },
      'api',
    ],
  ])('may be %s', async (_, authorization, body, id) => {
    expect(await findOAuthClient(headers(authorization), body)).toBe(id)
  })

  it.each([
    ['a wrong secret', encoded('api', `${SECRET}x`), {}],
    ['no secret', encoded('api', ''), {}],
    ['the id of a confidential one and no secret', undefined, { client_id: 'api' }],
    ['a wrong secret in the body', undefined, { client_id: 'api', client_secret: 'x' }],
    ['a secret without a client id', undefined, { client_secret: SECRET }],
    ['an unknown id', undefined, { client_id: 'other' }],
    ['the id of this app itself', undefined, { client_id: 'rekindle' }],
    ['a secret for a public one', encoded('phone', SECRET), {}],
    ['an unknown id and a secret', encoded('other', SECRET), {}],
    ['an unknown id and an empty secret', encoded('other', ''), {}],
    ['two ids', encoded('api', SECRET), { client_id: 'phone' }],
    ['no colon', basic('api'), {}],
    ['a broken escape', basic('api:%zz'), {}],
    ['a property name of every object', encoded('constructor', ''), {}],
  ])('is refused with %s', async (_, authorization, body) => {
    await expect(findOAuthClient(headers(authorization), body)).rejects.toMatchObject(INVALID)
  })

  it('must not send its secret in two places', async () => {
    const body = { client_id: 'api', client_secret: SECRET }
    await expect(findOAuthClient(headers(encoded('api', SECRET)), body)).rejects.toMatchObject({
      status: 400,
      code: 'INVALID_BODY',
    })
  })

  it('must be confidential to introspect', async () => {
    expect(await requireOAuthClient(headers(encoded('api', SECRET)), {})).toBe('api')
    for (const body of [{}, { client_id: 'phone' }]) {
      await expect(requireOAuthClient(headers(), body)).rejects.toMatchObject(INVALID)
    }
  })
})

describe('where no OAuth client is registered', () => {
  beforeAll(async () => {
    await server.dispose()
    server = await openServer()
  })

  it.each([
    ['in the body', undefined, { client_id: 'my-app' }],
    ['by Basic', encoded('my-app', ''), {}],
  ])('an id %s is accepted and ignored', async (_, authorization, body) => {
    expect(await findOAuthClient(headers(authorization), body)).toBeNull()
  })

  it('a secret is refused, because it cannot be checked, and no client may introspect', async () => {
    const withSecret = { client_id: 'my-app', client_secret: SECRET }
    await expect(findOAuthClient(headers(), withSecret)).rejects.toMatchObject(INVALID)
    await expect(findOAuthClient(headers(encoded('my-app', 'x')), {})).rejects.toMatchObject(
      INVALID,
    )
    await expect(requireOAuthClient(headers(), { client_id: 'my-app' })).rejects.toMatchObject(
      INVALID,
    )
  })
})
