import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { POST as login } from '@/app/api/auth/login/route'
import { addUser } from '@/server/auth/account/account'
import { generateJwk } from '@/session/keys/key-generation'
import { ALWAYS, asked, HTTP, headersOf, openServer, type TestServer } from '@/testing/server/suite'
import { GET } from './route'

const ed = await generateJwk('EdDSA')
const ec = await generateJwk('ES256')
let server: TestServer | undefined

afterEach(async () => {
  await server?.dispose()
  server = undefined
})

describe('the public keys', () => {
  it('are a JWK Set that caches may keep for five minutes', async () => {
    server = await openServer(signedWith('EdDSA', [ed, ec]))
    const response = await GET(asked('GET'), {})
    expect(response.status).toBe(200)
    expect(headersOf(response)).toMatchObject({
      ...ALWAYS,
      'content-type': 'application/jwk-set+json',
      'cache-control': 'public, max-age=300, stale-if-error=3600',
    })
    expect(response.headers.getSetCookie()).toEqual([])
    const text = await response.text()
    expect(JSON.parse(text).keys).toMatchObject([{ x: ed.x }, { x: ec.x }])
    for (const secret of [ed.d, ec.d, '"d"']) expect(text).not.toContain(secret)
  })

  it('are empty if only secrets sign', async () => {
    server = await openServer()
    expect(await (await GET(asked('GET'), {})).json()).toEqual({ keys: [] })
  })

  it.each(['EdDSA', 'ES256'] as const)(
    'verify what a sign-in is answered with, for %s',
    async (algorithm) => {
      server = await openServer(signedWith(algorithm, algorithm === 'EdDSA' ? [ed] : [ec]))
      await addUser('ada', 'correct horse battery')
      const body = { username: 'ada', password: 'correct horse battery' }
      const { token } = await (await login(asked('POST', body), {})).json()
      const keys = createLocalJWKSet(await (await GET(asked('GET'), {})).json())
      const { payload } = await jwtVerify(token, keys, {
        issuer: HTTP,
        audience: HTTP,
        typ: 'at+jwt',
      })
      expect(payload.sub).toMatch(/./)
      await server.engine.check(token)
    },
  )
})

function signedWith(algorithm: string, keys: readonly object[]): Record<string, string> {
  return { ACCESS_TOKEN_ALG: algorithm, ACCESS_TOKEN_KEYS: JSON.stringify({ keys }) }
}
