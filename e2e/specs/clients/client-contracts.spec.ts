import { type Client, type ClientContract, createClient, memoryStorage } from '@/client/client'
import { bearerOrBody } from '@/client/contracts/bearer-or-body'
import { bearerPost } from '@/client/contracts/bearer-post'
import { cookieGet } from '@/client/contracts/cookie-get'
import { cookieJson } from '@/client/contracts/cookie-json'
import { oauth } from '@/client/contracts/oauth'
import { ask } from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'

const LONG_MS = 600_000
const CONTRACTS: Readonly<Record<string, [ClientContract, path: string, rotates: boolean]>> = {
  'cookie-json': [cookieJson, '/api/auth/refresh', true],
  'bearer-or-body': [bearerOrBody, '/refresh', false],
  'cookie-get': [cookieGet, '/api/refresh/refreshtoken', false],
  'bearer-post': [bearerPost, '/refresh_token', false],
  oauth: [oauth, '/oauth/token', true],
}

for (const [name, [contract, path, rotates]] of Object.entries(CONTRACTS)) {
  test(`Client, ${name}: signs in, refreshes, restarts from its storage, learns of its end, signs out`, async ({
    server,
    front,
    rows,
    user,
  }) => {
    const credentials = { username: user.name, password: user.password }
    const storage = memoryStorage()
    const open = (): Client =>
      createClient({ origin: server.origin, contract, storage, proactive: false })
    const statusOf = async (client: Client) => (await client.fetch('/api/me')).status

    const first = open()
    await expect(first.login({ ...credentials, password: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    await first.login(credentials)
    expect(first.session.get().remainingMs).toBeGreaterThan(450_000)
    expect(await statusOf(first)).toBe(200)
    expect(front.passed(path)).toHaveLength(0)

    await server.kit.passTime(LONG_MS, { user })
    first.adopt(0)
    expect(await statusOf(first)).toBe(200)
    expect(front.passed(path)).toHaveLength(1)
    expect(first.session.get().remainingMs).toBeGreaterThan(450_000)
    expect(rows.session(user.name).generation).toBe(rotates ? 1 : 0)
    first.close()

    const second = open()
    await server.kit.passTime(LONG_MS, { user })
    expect(await statusOf(second)).toBe(200)
    expect(rows.session(user.name).generation).toBe(rotates ? 2 : 0)
    await second.logout()
    expect(second.session.get()).toMatchObject({ status: 'signed-out', reason: 'signed_out' })
    expect(rows.session(user.name).revoked_reason).toBe('signed_out')
    expect(await storage.get()).toBeNull()
    await expect(statusOf(second)).rejects.toMatchObject({ code: 'signed_out' })
    second.close()

    const third = open()
    const other = await server.register()
    await third.login({ username: other.name, password: other.password })
    const bearer = await third.fetch('/api/me').then(() => storage.get())
    const token = bearer?.replace(/^[\w-]+=/, '') ?? ''
    await ask(server, '/api/auth/logout', { method: 'POST', bearer: token })
    const ended = new Promise<string>((resolve) => {
      third.on('signedout', ({ reason }) => resolve(reason))
    })
    await expect(statusOf(third)).rejects.toMatchObject({ code: 'signed_out' })
    expect(await ended).toBe(name === 'cookie-json' ? 'signed_out' : 'unknown')
    expect(await storage.get()).toBeNull()
    third.close()
  })
}
