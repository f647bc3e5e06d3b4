import { cookieHeader } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'
import type { User } from '@/e2e/support/server/server'
import type { Exchange } from '@/testing/kit/proxy'

const CLIENTS = 40
const REFRESHES_EACH = 5

/** A client with a cookie jar and no browser, whose access token has expired at every visit. */
class Client {
  private jar: Record<string, string> = {}

  constructor(private readonly origin: string) {}

  async signIn({ name, password }: User): Promise<void> {
    const answer = await this.ask('/api/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: name, password }),
    })
    expect(answer.status).toBe(200)
  }

  /** Requests a protected resource and returns its status. Follows challenges, and retries after a 503. */
  async visit(): Promise<number> {
    delete this.jar.access_token
    for (;;) {
      const { status } = await this.ask('/api/me', { redirect: 'manual' })
      if (status !== 307 && status !== 503) return status
    }
  }

  private async ask(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...init.headers, cookie: cookieHeader(this.jar) }
    const answer = await fetch(this.origin + path, { ...init, headers })
    await answer.arrayBuffer()
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') delete this.jar[name]
      else this.jar[name] = value
    }
    return answer
  }
}

test('After kill -9 in the middle of 200 refreshes every client is still signed in', {
  tag: '@heavy',
}, async ({ startServer }) => {
  const server = await startServer({ env: { ACCESS_TOKEN_TTL: '15m', REFRESH_GRACE: '0' } })
  const user = await server.register()
  const clients = Array.from({ length: CLIENTS }, () => new Client(server.origin))
  await Promise.all(clients.map((client) => client.signIn(user)))
  const sessions = () => server.rows.sessions(user.name)
  const rotations = () => sessions().reduce((sum, { generation }) => sum + generation, 0)
  expect(rotations()).toBe(0)

  const statuses: number[] = []
  /** Kills the server when at least five rotations have been lost on the way to their clients. */
  const crash = async () => {
    server.inner.when({}, { kind: 'hold response', until: new Promise(() => {}) })
    await expect
      .poll(() => server.inner.exchanges.filter(isLostRotation).length, { intervals: [10] })
      .toBeGreaterThanOrEqual(5)
    await server.kill()
    server.inner.reset()
  }
  let cut = 0
  const traffic = clients.map(async (client) => {
    for (let turn = 0; turn < REFRESHES_EACH; turn++) {
      const status = await client.visit().catch(() => null)
      if (status === null) {
        cut += 1
        return
      }
      statuses.push(status)
      if (statuses.length === (CLIENTS * REFRESHES_EACH) / 2) await crash()
    }
  })
  await Promise.all(traffic)
  expect(statuses.filter((status) => status !== 200)).toEqual([])
  expect(statuses.length).toBeGreaterThanOrEqual(100)
  expect(cut).toBeGreaterThan(0)
  await server.restart()
  const before = rotations()
  expect(before).toBeGreaterThanOrEqual(100)

  for (const client of clients) expect(await client.visit()).toBe(200)
  expect(sessions()).toHaveLength(CLIENTS)
  expect(sessions().filter(({ revoked_at }) => revoked_at !== null)).toHaveLength(0)
  expect(rotations()).toBeGreaterThan(before)
})

function isLostRotation({ answer, delivered }: Exchange): boolean {
  return !delivered && !!answer?.setCookies.some((line) => line.startsWith('refresh_token='))
}
