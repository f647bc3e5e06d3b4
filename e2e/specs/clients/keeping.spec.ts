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
const KEEPING = ENTRIES.filter(([, { rotates }]) => !rotates)

test('A token of any contract may be handed in at any other, where it does what that one does', async ({
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
        const kept = one.refreshOf(response)
        expect(kept !== null).toBe(one.rotates)
        await server.kit.passTime(LONG_MS, { user })

        const crossed = await other.refresh(server, kept ?? refresh)
        expect(crossed.status).toBe(200)
        expect(other.refreshOf(crossed) !== null).toBe(other.rotates)
        const me = await ask(server, '/api/me', { bearer: other.accessOf(crossed) })
        expect(me.status).toBe(200)
        const rotations = Number(one.rotates) + Number(other.rotates)
        expect(server.rows.session(user.name)).toMatchObject({
          generation: rotations,
          revoked_at: null,
        })

        // Without a jar to challenge, a token that was replaced long ago is refused and ends no session.
        if (rotations === 0) return
        await server.kit.passTime(LONG_MS, { user })
        for (const [, { refresh: again, refusal }] of KEEPING) {
          expect(await again(server, refresh)).toMatchObject(refusal)
        }
        expect(server.rows.session(user.name).revoked_at).toBeNull()
        expect(server.rows.events(user.name, 'replaced_token_refused')).toHaveLength(1)
      })
    }
  }
})

test('An access-only token refreshes 500 times, in turn and 20 at once, over the contracts that keep it', async ({
  server,
  user,
}) => {
  const { refresh } = await signInKeeping(server, user)
  const one = async (n: number) => {
    const [, refresher] = KEEPING[n % KEEPING.length] as [string, Refresher]
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

test('An access token that is handed in at a refresh is refused from then on, and only then', async ({
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

test('With lives of 15 and 30 days the canonical contract says 1296000 seconds, and a script that keeps its first cookie is served for two days after it was replaced', async ({
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
