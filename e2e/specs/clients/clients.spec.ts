import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { signInForTokens } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'
import { type AppServer, OAUTH_CLIENT, PUBLIC_CLIENT, type User } from '@/e2e/support/server/server'

/** Longer than three times grace, so that the next refresh rotates. */
const LONG_MS = 600_000
const { id, secret } = OAUTH_CLIENT

/** The configuration that openid-client discovers. */
function discover(server: AppServer, clientId: string, authentication?: openid.ClientAuth) {
  return openid.discovery(new URL(server.origin), clientId, undefined, authentication, {
    algorithm: 'oauth2',
    execute: [openid.allowInsecureRequests],
  })
}

/** Signs in and returns a refresh token that the next refresh rotates. */
async function agedToken(server: AppServer, user: User): Promise<string> {
  const { refresh_token } = await signInForTokens(server.origin, user)
  await server.kit.passTime(LONG_MS, { user })
  return refresh_token
}

function statusOf(server: AppServer, accessToken: string): Promise<number> {
  const headers = { authorization: `Bearer ${accessToken}` }
  return fetch(`${server.origin}/api/me`, { headers }).then(({ status }) => status)
}

test('openid-client refreshes as a public client, follows the rotation, and learns of a reuse', async ({
  server,
  user,
}) => {
  const config = await discover(server, PUBLIC_CLIENT, openid.None())
  const first = await agedToken(server, user)

  const granted = await openid.refreshTokenGrant(config, first)
  expect(granted).toMatchObject({ token_type: 'bearer', expires_in: 900 })
  expect(await statusOf(server, granted.access_token)).toBe(200)
  const second = granted.refresh_token ?? ''
  expect(second).not.toBe(first)
  expect(server.rows.session(user.name).generation).toBe(1)

  const renewed = await openid.refreshTokenGrant(config, second)
  expect(renewed.refresh_token).toBeUndefined()
  expect(await statusOf(server, renewed.access_token)).toBe(200)

  await server.kit.passTime(LONG_MS, { user })
  await openid.refreshTokenGrant(config, second)
  await server.kit.passTime(LONG_MS, { user })
  const refusal = openid.refreshTokenGrant(config, first)
  await expect(refusal).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  expect(await statusOf(server, renewed.access_token)).toBe(401)
})

for (const [method, authentication] of [
  ['client_secret_post', openid.ClientSecretPost(secret)],
  ['client_secret_basic', openid.ClientSecretBasic(secret)],
] as const) {
  test(`openid-client refreshes, introspects and revokes with ${method}`, async ({
    server,
    user,
  }) => {
    const config = await discover(server, id, authentication)
    const { access_token, refresh_token = '' } = await openid.refreshTokenGrant(
      config,
      await agedToken(server, user),
    )
    const about = { active: true, username: user.name, iss: server.origin }
    expect(await openid.tokenIntrospection(config, access_token)).toMatchObject({
      ...about,
      aud: server.origin,
      client_id: id,
      token_type: 'Bearer',
    })
    expect(await openid.tokenIntrospection(config, refresh_token)).toMatchObject(about)

    await openid.tokenRevocation(config, access_token)
    expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false })
    expect(await openid.tokenIntrospection(config, refresh_token)).toMatchObject(about)
    await openid.tokenRevocation(config, refresh_token)
    expect(await openid.tokenIntrospection(config, refresh_token)).toEqual({ active: false })
    const refusal = openid.refreshTokenGrant(config, refresh_token)
    await expect(refusal).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(server.rows.session(user.name).revoked_reason).toBe('signed_out')
  })

  test(`openid-client with a wrong secret by ${method} is told invalid_client, and nothing happens`, async ({
    server,
    user,
  }) => {
    const wrong = method.endsWith('post') ? openid.ClientSecretPost : openid.ClientSecretBasic
    const config = await discover(server, id, wrong(`${secret}!`))
    const token = await agedToken(server, user)
    for (const ask of [
      openid.refreshTokenGrant,
      openid.tokenIntrospection,
      openid.tokenRevocation,
    ]) {
      // For Basic the response has WWW-Authenticate (RFC 6749 §5.2), which the library reports as its own error.
      await expect(ask(config, token)).rejects.toMatchObject({ status: 401 })
    }
    expect(server.rows.session(user.name)).toMatchObject({ generation: 0, revoked_at: null })
  })
}

test('oauth4webapi discovers, refreshes, introspects and revokes, and finds every answer well-formed', async ({
  server,
  user,
}) => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(server.origin)
  const described = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  const as = await oauth.processDiscoveryResponse(issuer, described)
  const client = { client_id: id }
  const authentication = oauth.ClientSecretBasic(secret)
  const refresh = async (token: string) => {
    const answer = oauth.refreshTokenGrantRequest(as, client, authentication, token, insecure)
    return oauth.processRefreshTokenResponse(as, client, await answer)
  }
  const introspect = async (token: string) => {
    const answer = oauth.introspectionRequest(as, client, authentication, token, insecure)
    return oauth.processIntrospectionResponse(as, client, await answer)
  }
  const revoke = async (token: string) => {
    const answer = oauth.revocationRequest(as, client, authentication, token, insecure)
    return oauth.processRevocationResponse(await answer)
  }

  const granted = await refresh(await agedToken(server, user))
  expect(granted).toMatchObject({ token_type: 'bearer', expires_in: 900 })
  const { access_token, refresh_token = '' } = granted
  expect(await introspect(access_token)).toMatchObject({ active: true, client_id: id })
  await revoke(refresh_token)
  expect(await introspect(access_token)).toEqual({ active: false })
  await expect(refresh(refresh_token)).rejects.toMatchObject({
    error: 'invalid_grant',
    status: 400,
  })
})
