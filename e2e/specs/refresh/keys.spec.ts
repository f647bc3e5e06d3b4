import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import { signInForTokens } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'
import type { AppServer } from '@/e2e/support/server/server'

type Algorithm = 'EdDSA' | 'ES256'
type Verifier = (token: string) => Promise<JWTPayload>

async function makeKey(algorithm: Algorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return exportJWK(privateKey)
}

function signingWith(algorithm: Algorithm, ...keys: JWK[]): Record<string, string> {
  return {
    ACCESS_TOKEN_ALG: algorithm,
    ACCESS_TOKEN_KEYS: JSON.stringify({ keys }),
    ACCESS_TOKEN_TTL: '15m',
  }
}

/** A separate resource server. It knows only the JWKS URL, and fetches it again for an unknown key. */
function openVerifier({ origin }: AppServer, algorithm: Algorithm): Verifier {
  const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/jwks.json`), {
    cooldownDuration: 0,
  })
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: origin,
      audience: origin,
      typ: 'at+jwt',
      algorithms: [algorithm],
    })
    return payload
  }
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid

async function refresh({ origin }: AppServer, refreshToken: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
  const answer = await fetch(`${origin}/oauth/token`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  return (await answer.json()).access_token
}

async function statusOf({ origin }: AppServer, accessToken: string): Promise<number> {
  const headers = { authorization: `Bearer ${accessToken}` }
  const answer = await fetch(`${origin}/protected`, { headers })
  await answer.body?.cancel()
  return answer.status
}

for (const algorithm of ['EdDSA', 'ES256'] as const) {
  test(`${algorithm}: a resource server verifies access tokens by the public keys alone, and takes nothing else`, {
    tag: '@heavy',
  }, async ({ startServer }) => {
    const server = await startServer({ env: signingWith(algorithm, await makeKey(algorithm)) })
    const user = await server.register()
    const verify = openVerifier(server, algorithm)
    const { access_token, refresh_token } = await signInForTokens(server.origin, user)

    const claims = await verify(access_token)
    expect(claims).toMatchObject({ iss: server.origin, aud: server.origin, client_id: 'rekindle' })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(900)
    expect((await verify(await refresh(server, refresh_token))).sub).toBe(claims.sub)

    await expect(verify(refresh_token)).rejects.toThrow()
    const [head, body, signature = ''] = access_token.split('.')
    const other = signature.startsWith('A') ? 'B' : 'A'
    await expect(verify(`${head}.${body}.${other}${signature.slice(1)}`)).rejects.toThrow()
    const published = await fetch(`${server.origin}/.well-known/jwks.json`)
    expect(await published.text()).not.toContain('"d"')
  })

  test(`${algorithm}: a new key takes over while sessions and verifiers go on, and a retired one is refused`, {
    tag: '@heavy',
  }, async ({ startServer }) => {
    const [old, next] = [await makeKey(algorithm), await makeKey(algorithm)]
    const server = await startServer({ env: signingWith(algorithm, old) })
    const user = await server.register()
    const verify = openVerifier(server, algorithm)
    const { access_token: first, refresh_token } = await signInForTokens(server.origin, user)
    await verify(first)
    const change = async (...keys: JWK[]) => {
      await server.kill()
      await server.restart(signingWith(algorithm, ...keys))
    }

    await change(old, next)
    expect(kidOf(await refresh(server, refresh_token))).toBe(kidOf(first))

    await change(next, old)
    const second = await refresh(server, refresh_token)
    expect(kidOf(second)).not.toBe(kidOf(first))
    for (const token of [first, second]) {
      await verify(token)
      expect(await statusOf(server, token)).toBe(200)
    }

    await change(next)
    expect(await statusOf(server, first)).toBe(401)
    await expect(openVerifier(server, algorithm)(first)).rejects.toThrow()
    await verify(second)
    expect(await statusOf(server, second)).toBe(200)
    await verify(await refresh(server, refresh_token))
  })
}

test('With HS256, the default, the published set is empty', { tag: '@heavy' }, async ({
  server,
}) => {
  const answer = await fetch(`${server.origin}/.well-known/jwks.json`)
  expect(answer.headers.get('cache-control')).toContain('max-age=300')
  expect(await answer.json()).toEqual({ keys: [] })
})
