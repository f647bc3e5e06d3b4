import {
  ask,
  REFRESHERS,
  type Refresher,
  signInCanonically,
  signInKeeping,
} from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'

const LONG_MS = 600_000
const DAY_MS = 86_400_000
const ENTRIES = Object.entries(REFRESHERS)
const ACCESS_ONLY = ENTRIES.filter(([, { rotates }]) => !rotates)

test('A refresh token from one contract works at every other, and rotates only where that one rotates', async ({
  server,
}) => {
  for (const [first, one] of ENTRIES) {
    for (const [second, other] of ENTRIES) {
      await test.step(`${first}, then ${second}`, async () => {
        const user = await server.register()
        const signIn = one.rotates ? signInCanonically : signInKeeping
        const { refresh } = await signIn(server, user)
        await server.kit.passTime(LONG_MS, { user })
        const response = await one.refresh(server, refresh)
        expect(response.status).toBe(200)
        const rotated = one.refreshOf(response)
        expect(rotated !== null).toBe(one.rotates)
        await server.kit.passTime(LONG_MS, { user })

        const crossed = await other.refresh(server, rotated ?? refresh)
        expect(crossed.status).toBe(200)
        expect(other.refreshOf(crossed) !== null).toBe(other.rotates)
        const me = await ask(server, '/api/me', { bearer: other.accessOf(crossed) })
        expect(me.status).toBe(200)
        const rotations = Number(one.rotates) + Number(other.rotates)
        expect(server.rows.session(user.name)).toMatchObject({
          generation: rotations,
          revoked_at: null,
        })

        // If the token never rotated, no replaced token is left to try.
        if (rotations === 0) return
        // The access-only contracts have no jar to challenge: they refuse a replaced token, and the session lives.
        await server.kit.passTime(LONG_MS, { user })
        for (const [, { refresh: again, refusal }] of ACCESS_ONLY) {
          expect(await again(server, refresh)).toMatchObject(refusal)
        }
        expect(server.rows.session(user.name).revoked_at).toBeNull()
        expect(server.rows.events(user.name, 'replaced_token_refused')).toHaveLength(1)
      })
    }
  }
})

test('One refresh token refreshes 500 times, in turn and 20 at once, at the access-only contracts', async ({
  server,
  user,
}) => {
  const { refresh } = await signInKeeping(server, user)
  const one = async (n: number) => {
    const [, refresher] = ACCESS_ONLY[n % ACCESS_ONLY.length] as [string, Refresher]
    const response = await refresher.refresh(server, refresh)
    return { status: response.status, access: refresher.accessOf(response) }
  }
  const answers: Awaited<ReturnType<typeof one>>[] = []
  for (let n = 0; n < 100; n++) answers.push(await one(n))
  for (let round = 0; round < 20; round++) {
    await server.kit.passTime(LONG_MS, { user })
    answers.push(...(await Promise.all(Array.from({ length: 20 }, (_, n) => one(n)))))
  }
  expect(answers).toHaveLength(500)
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(answers.map(({ access }) => access)).size).toBe(500)
  expect(server.rows.session(user.name)).toMatchObject({
    generation: 0,
    branch: 0,
    revoked_at: null,
  })
  const last = answers.at(-1)?.access ?? ''
  expect((await ask(server, '/protected', { bearer: last })).status).toBe(200)

  const out = await ask(server, '/api/auth/logout', { method: 'POST', bearer: last })
  expect(out.status).toBe(204)
  for (const [, { refresh: again, refusal }] of ENTRIES) {
    expect(await again(server, refresh)).toMatchObject(refusal)
  }
  expect(await ask(server, '/protected', { bearer: last })).toMatchObject({
    status: 401,
    body: { detail: 'This session has ended' },
  })
})

test('A refresh retires the access token that it is given, and a refused refresh does not', async ({
  server,
  user,
}) => {
  const { refresh, access } = await signInKeeping(server, user)
  const seen = async (bearer: string) => [
    (await ask(server, '/protected', { bearer })).status,
    (await ask(server, '/api/me', { bearer })).status,
    (await ask(server, '/api/me', { cookies: { access_token: bearer } })).status,
  ]
  const hand = async (json: object, bearer?: string) =>
    ask(server, '/refresh', { json, ...(bearer === undefined ? {} : { bearer }) })
  const tokenOf = ({ body }: { body: unknown }) => (body as { access_token: string }).access_token

  // A refused refresh retires no token.
  expect((await hand({ refresh_token: 'nonsense', access_token: access })).status).toBe(401)
  expect(await seen(access)).toEqual([200, 200, 200])

  const second = tokenOf(await hand({ refresh_token: refresh, access_token: access }))
  expect(await seen(access)).toEqual([401, 401, 401])
  const third = tokenOf(await hand({ refresh_token: refresh }, second))
  expect(await seen(second)).toEqual([401, 401, 401])
  const fourth = tokenOf(await hand({ access_token: third }, refresh))
  expect(await seen(third)).toEqual([401, 401, 401])
  expect(await seen(fourth)).toEqual([200, 200, 200])

  const revoked = await ask(server, '/oauth/revoke', { form: { token: fourth } })
  expect(revoked.status).toBe(200)
  expect(await seen(fourth)).toEqual([401, 401, 401])
  // The session and its refresh token stay valid.
  expect((await REFRESHERS['bearer-post']?.refresh(server, refresh))?.status).toBe(200)
})

test('With a TTL of 15 days, a script that never stores a new cookie is served for two days, then its session ends', async ({
  startServer,
}) => {
  const env = { ACCESS_TOKEN_TTL: '15d', SESSION_TTL: '30d', REFRESH_TOKEN_TTL: '30d' }
  const server = await startServer({ env: { ...env, REFRESH_GRACE: '30s' } })
  const user = await server.register()
  const { refresh } = await signInCanonically(server, user)
  const renew = () =>
    ask(server, '/api/auth/refresh', { method: 'POST', cookies: { refresh_token: refresh } })
  for (let n = 1; n <= 3; n++) {
    await server.kit.passTime(n === 1 ? LONG_MS : DAY_MS, { user })
    const response = await renew()
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ expiresIn: 1_296_000 })
    const bearer = (response.body as { token: string }).token
    expect((await ask(server, '/api/me', { bearer })).status).toBe(200)
  }
  expect(server.rows.session(user.name).revoked_at).toBeNull()
  // A script that discards new tokens looks like a thief. The contracts that keep a token are for such scripts.
  await server.kit.passTime(DAY_MS, { user })
  expect(await renew()).toMatchObject({ status: 401, body: { error: { reason: 'reused' } } })
})
