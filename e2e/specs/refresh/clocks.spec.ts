import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { ask, cookieIn, signInCanonically } from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'
import { sharedCluster } from '@/e2e/support/server/cluster'
import { clockOff } from '@/e2e/support/server/fleet'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Starts a machine with a wrong clock and the default lifetimes, on a database with a correct clock. */
for (const [title, minutes] of [
  ['slow', -20],
  ['fast', 20],
] as const) {
  test(`A machine twenty minutes ${title} serves the honest, and takes neither a replaced refresh token nor a dead access token`, {
    tag: ['@F49', '@heavy'],
  }, async ({ startServer }) => {
    const cluster = await sharedCluster()
    const databaseUrl = await cluster.createDatabase()
    const env = { DATABASE_URL: databaseUrl, ...clockOff(minutes * 60) }
    const server = await startServer({ env })
    const user = await server.register()
    const visit = (cookies: Record<string, string>) => ask(server, '/api/me', { cookies })
    const first = await signInCanonically(server, user)

    await test.step('a living access token is served as it is', async () => {
      const { status, setCookies } = await visit({
        access_token: first.access,
        refresh_token: first.refresh,
      })
      expect([status, setCookies]).toEqual([200, []])
    })

    await test.step('a refresh token that was replaced 19 minutes ago is asked for what its jar holds now', async () => {
      await server.kit.passTime(HOUR, { user })
      const rotated = await visit({ refresh_token: first.refresh })
      expect(rotated.status).toBe(200)
      const second = cookieIn(rotated, 'refresh_token') ?? ''
      await server.kit.passTime(19 * MINUTE, { user })
      const replayed = await visit({ refresh_token: first.refresh })
      expect(replayed.status).toBe(307)
      const challenge = cookieIn(replayed, 'refresh_challenge') ?? ''
      const asked = { refresh_token: second, refresh_challenge: challenge }
      expect((await visit(asked)).status).toBe(200)
    })

    await test.step('an access token that has been dead for four minutes is refused, and renewed where it can be', async () => {
      const now = Math.floor(Date.now() / 1000)
      const dead = await new SignJWT({
        ...decodeJwt(first.access),
        ...{ iat: now - 19 * 60, exp: now - 4 * 60 },
      })
        .setProtectedHeader(decodeProtectedHeader(first.access) as { alg: string })
        .sign(new TextEncoder().encode(server.secrets.ACCESS_TOKEN_SECRET))
      const bearer = await ask(server, '/api/me', { bearer: dead })
      expect(bearer.status).toBe(401)
      const other = await signInCanonically(server, user)
      const renewed = await visit({ access_token: dead, refresh_token: other.refresh })
      expect(renewed.status).toBe(200)
      expect(cookieIn(renewed, 'access_token')).not.toBeNull()
    })

    await server.stop()
    await cluster.dropDatabase(databaseUrl)
  })
}
