import axios from 'axios'
import { refreshOn401 } from '@/e2e/support/clients/axios'
import { cookieHeader, cookiePairs, cookiesOf, signInForTokens } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'

/** Access tokens that expire during the test, and a rotation at nearly every refresh. */
const SHORT = { env: { ACCESS_TOKEN_TTL: '3s', REFRESH_GRACE: '0' } }
const AT_ONCE = 20

async function untilDead(server: AppServer, accessToken: string): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}` }
  const ask = () => fetch(`${server.origin}/protected`, { headers }).then(({ status }) => status)
  await expect.poll(ask, { intervals: [100] }).toBe(401)
}

/** A client of the `bearer-or-body` contract, which stores both tokens itself. */
async function openBearerClient(server: AppServer, user: User) {
  const api = axios.create({ baseURL: server.origin })
  const { access_token, refresh_token } = await signInForTokens(server.origin, user)
  const refresh = async () => {
    const answer = await axios.post(`${server.origin}/refresh`, { refresh_token })
    return answer.data.access_token
  }
  return { api, accessToken: refreshOn401(api, refresh, access_token) }
}

/** A client of the canonical contract, with the access token in memory and the refresh token in its jar. */
async function openCookieClient(server: AppServer, { name, password }: User) {
  const api = axios.create({ baseURL: server.origin })
  const signedIn = await fetch(`${server.origin}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password }),
  })
  const jar = cookiesOf(signedIn)
  const { token } = await signedIn.json()
  const refresh = async () => {
    const answer = await axios.post(`${server.origin}/api/auth/refresh`, null, {
      headers: { Cookie: cookieHeader(jar) },
    })
    Object.assign(jar, cookiePairs(answer.headers['set-cookie'] ?? []))
    return answer.data.token
  }
  return { api, accessToken: refreshOn401(api, refresh, token) }
}

for (const [contract, open, path] of [
  ['bearer-or-body', openBearerClient, '/refresh'],
  ['cookie-json', openCookieClient, '/api/auth/refresh'],
] as const) {
  test(`axios with an interceptor over ${contract}: requests that meet a dead access token succeed, after one refresh`, {
    tag: '@heavy',
  }, async ({ startServer }) => {
    const server = await startServer(SHORT)
    const user = await server.register()
    const { api, accessToken } = await open(server, user)
    expect((await api.get('/protected')).status).toBe(200)

    for (const round of [1, 2]) {
      await untilDead(server, accessToken())
      server.front.reset()
      // The refresh is answered only after all requests have failed, so that all of them wait for it.
      const refreshed = server.front.hold({ path })
      const asked = Array.from({ length: AT_ONCE }, () => api.get('/api/me'))
      const failed = () => server.front.passed('/api/me').filter(({ delivered }) => delivered)
      await expect.poll(() => failed().length).toBe(AT_ONCE)
      refreshed.release()
      const answers = await Promise.all(asked)
      expect(answers.map(({ data }) => data.user.name)).toEqual(Array(AT_ONCE).fill(user.name))
      expect(server.front.passed(path), `round ${round}`).toHaveLength(1)
    }
    expect(server.rows.session(user.name).revoked_at).toBeNull()
  })

  test(`axios over ${contract}: after the session's end the refresh is refused, and nothing is asked again and again`, {
    tag: '@heavy',
  }, async ({ startServer }) => {
    const server = await startServer(SHORT)
    const user = await server.register()
    const { api, accessToken } = await open(server, user)
    await api.post('/api/auth/logout', null)
    server.front.reset()
    await untilDead(server, accessToken())
    const refused = await Promise.all(
      Array.from({ length: AT_ONCE }, () => api.get('/protected').catch((error) => error)),
    )
    for (const error of refused) expect(error).toMatchObject({ response: { status: 401 } })
    expect(server.front.passed(path)).toHaveLength(1)
  })
}
