import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { SessionError } from '@/session/errors'
import type { Decision } from '@/session/rotation'
import { openServer, type TestServer } from '@/testing/server/suite'
import { passTime } from './pass-time'
import { rotations } from './rotations'
import { startTestSession } from './sessions'
import { addTestUser } from './users'
import { STATES, type State, type TestCookie, type TestSession, type TestUser } from './wire'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const client = { address: '192.0.2.1', userAgent: 'Browser/1' }

let server: TestServer
let user: TestUser

/** The cookies that a browser holds by now. */
class Browser {
  private readonly jar = new Map<string, TestCookie>()

  constructor(cookies: readonly TestCookie[] = []) {
    this.add(cookies)
  }

  add(cookies: readonly TestCookie[]): void {
    for (const cookie of cookies) this.jar.set(cookie.name, cookie)
  }

  drop(names: readonly string[]): void {
    for (const name of names) this.jar.delete(name)
  }

  get cookies(): TestCookie[] {
    return [...this.jar.values()].filter(({ expires }) => expires * 1000 > server.clock())
  }

  get names(): string[] {
    return this.cookies.map(({ name }) => name)
  }

  value(name: string): string | undefined {
    return this.cookies.find((cookie) => cookie.name === name)?.value
  }

  /** Opens a page as middleware does: it refreshes, is sent back to its jar up to twice, and takes the new tokens. */
  async visit(): Promise<string[]> {
    const decided: string[] = []
    let challenges: string[] = []
    for (;;) {
      const refresh = this.value('refresh_token')
      if (refresh === undefined) return ['no token']
      const request = {
        tokens: [refresh] as [string],
        accessOnly: false,
        jar: true,
        challenges,
        client,
      }
      try {
        const note = ({ kind }: Decision) => void decided.push(kind)
        const grant = await server.engine.refresh({ ...request, decided: note })
        this.take('access_token', grant.access)
        if (grant.refresh) this.take('refresh_token', grant.refresh)
        return decided
      } catch (error) {
        if (!(error instanceof SessionError)) throw error
        if (error.challenge === undefined) return [...decided, error.code]
        challenges = [error.challenge]
      }
    }
  }

  private take(
    name: string,
    { token, expiresInSeconds }: { token: string; expiresInSeconds: number },
  ) {
    const expires = Math.floor(server.clock() / 1000) + expiresInSeconds
    const attributes = { path: '/', httpOnly: true, secure: false, sameSite: 'Lax' } as const
    this.add([{ name, value: token, expires, ...attributes }])
  }
}

const start = (state: State, of = user) =>
  startTestSession({ userId: of.id, state, address: '198.51.100.2', userAgent: 'Test/1' }, server)
const jarOf = ({ cookies }: Pick<TestSession, 'cookies'>) => new Browser(cookies)
const row = async ({ sessionId }: TestSession) => {
  const session = await server.database.sessions.find(sessionId)
  if (!session) throw new Error('There is no row')
  return session
}
/** Lets time pass for the user and in these browsers. */
async function pass(ms: number, ...browsers: Browser[]): Promise<void> {
  const jars = browsers.map(({ cookies }) => cookies)
  const passed = await passTime({ userId: user.id, ms, jars }, server)
  for (const [at, jar] of passed.jars.entries()) {
    browsers[at]?.drop(jar.dropped)
    browsers[at]?.add(jar.cookies)
  }
}
const kindsOf = async ({ sessionId }: TestSession) =>
  (await rotations({ userId: user.id }, server)).events
    .filter((event) => event.sessionId === sessionId)
    .map(({ kind }) => kind)

const CONFIGURATIONS: [string, Record<string, string>][] = [
  ['the default lifetimes', {}],
  ['short lifetimes', { ACCESS_TOKEN_TTL: '10s', REFRESH_GRACE: '1s', REFRESH_LEEWAY: '1s' }],
  [
    'an access token that lives as long as the session',
    { ACCESS_TOKEN_TTL: '14d', SESSION_TTL: '14d', REFRESH_LEEWAY: '0' },
  ],
]

describe.each(CONFIGURATIONS)('with %s, a session that is made', (_, env) => {
  beforeAll(async () => {
    server = await openServer({ TESTING: '1', ...env })
  })
  afterAll(() => server.dispose())
  beforeEach(async () => {
    user = await addTestUser({}, server)
  })

  it('fresh is signed in, and refreshes without a rotation', async () => {
    const session = await start('fresh')
    const browser = jarOf(session)
    expect(browser.names).toEqual(['access_token', 'refresh_token', 'known_device'])
    const checked = await server.engine.check(browser.value('access_token') ?? '')
    expect(checked.session).toMatchObject({
      id: session.sessionId,
      userId: user.id,
      address: '198.51.100.2',
      userAgent: 'Test/1',
    })
    expect(await browser.visit()).toEqual(['renew'])
    expect(await row(session)).toMatchObject({ generation: 0, endedAt: null })
    expect(await kindsOf(session)).toEqual(['signed_in'])
  })

  it('expiring has an access token that is good and about to expire', async () => {
    const session = await start('expiring')
    const token = jarOf(session).value('access_token') ?? ''
    const now = server.clock()
    const { accessExpiresAt } = await server.engine.check(token)
    expect(accessExpiresAt).toBeGreaterThan(now)
    expect(accessExpiresAt - now).toBeLessThanOrEqual(Math.max(server.config.leewayMs, 2 * SECOND))
    expect(await jarOf(session).visit()).not.toContain('revoke')
    expect(await row(session)).toMatchObject({ endedAt: null })
  })

  it('expired has no access token, and rotates', async () => {
    const session = await start('expired')
    const browser = jarOf(session)
    expect(browser.names).toEqual(['refresh_token', 'known_device'])
    expect(await browser.visit()).toEqual(['rotate'])
    expect(await row(session)).toMatchObject({ generation: 1, branch: 0, endedAt: null })
  })

  it('replaced is renewed, and nothing is written', async () => {
    const session = await start('replaced')
    const browser = jarOf(session)
    expect(browser.names).toEqual(['refresh_token', 'known_device'])
    const before = await row(session)
    expect(before).toMatchObject({ generation: 1, branch: 0, parentBranch: 0 })
    expect(await browser.visit()).toEqual(['renew'])
    expect(await row(session)).toEqual(before)
    expect(await kindsOf(session)).toEqual(['signed_in'])
  })

  it('with a lost response is sent back to its jar once, and healed on a new branch', async () => {
    const session = await start('lost-response')
    const browser = jarOf(session)
    expect(browser.names).toEqual(['refresh_token', 'known_device'])
    expect(await row(session)).toMatchObject({ generation: 1, branch: 0 })
    expect(await browser.visit()).toEqual(['challenge', 'reissue'])
    const healed = await row(session)
    expect(healed).toMatchObject({ generation: 1, parentBranch: 0, endedAt: null })
    expect(healed.branch).toBeGreaterThan(0)
    expect(await kindsOf(session)).toEqual(['signed_in', 'stale_challenged', 'reissued'])
  })

  it('stolen serves its owner, and ends when the thief comes after grace', async () => {
    const session = await start('stolen')
    const [owner, thief] = [jarOf(session), new Browser(session.thief)]
    expect(thief.names).toEqual(['refresh_token'])
    expect(thief.value('refresh_token')).not.toBe(owner.value('refresh_token'))
    expect(await owner.visit()).toEqual(['challenge', 'reissue'])
    // Within grace of that, an honest request may hold the same token, so the thief is asked to wait.
    expect(await thief.visit()).toEqual(['challenge', 'challenge', 'wait', 'unavailable'])
    await pass(server.config.graceMs + 2 * SECOND, owner, thief)
    expect(await thief.visit()).toEqual(['challenge', 'revoke', 'refresh_token_reused'])
    expect(await row(session)).toMatchObject({ endedReason: 'reused' })
    expect(await kindsOf(session)).toContain('reuse_detected')
    expect(await owner.visit()).toEqual(['refuse', 'refresh_token_reused'])
  })

  it('stolen lets a thief who comes before the owner pass for the owner', async () => {
    const session = await start('stolen')
    expect(await new Browser(session.thief).visit()).toEqual(['rotate'])
    expect((await row(session)).endedAt).toBeNull()
  })

  it('ended elsewhere has tokens that were good until then', async () => {
    const session = await start('ended-elsewhere')
    const browser = jarOf(session)
    await expect(server.engine.check(browser.value('access_token') ?? '')).rejects.toMatchObject({
      code: 'session_revoked',
    })
    expect(await browser.visit()).toEqual(['refuse', 'session_revoked'])
    expect(await row(session)).toMatchObject({ endedReason: 'ended_elsewhere' })
    const { events } = await rotations({ userId: user.id }, server)
    expect(events).toMatchObject([
      { kind: 'signed_in' },
      { kind: 'ended', detail: 'ended_elsewhere', address: '203.0.113.7' },
    ])
  })

  it('reused was ended, raises the alert, and says so to the owner', async () => {
    const session = await start('reused')
    const browser = jarOf(session)
    expect(await browser.visit()).toEqual(['refuse', 'refresh_token_reused'])
    expect(await row(session)).toMatchObject({ generation: 1, endedReason: 'reused' })
    expect(await kindsOf(session)).toEqual(['signed_in', 'reuse_detected'])
    expect(await server.database.sessions.alert(user.id)).toMatchObject({ detail: '0.0' })
  })

  it.each(['idle-expired', 'absolute-expired'] as const)(
    '%s says so by its token and by its device, whether its row was pruned or not',
    async (state) => {
      const session = await start(state)
      const browser = jarOf(session)
      expect(browser.names).toEqual(['refresh_token', 'known_device'])
      const found = await row(session)
      const { idleMs, sessionMs } = server.config
      const now = server.clock()
      expect(found.endedAt).toBeNull()
      expect(found.idleExpiresAt).toBeLessThan(now)
      if (state === 'absolute-expired') expect(found.expiresAt).toBeLessThan(now)
      else if (sessionMs > 2 * idleMs) expect(found.expiresAt).toBeGreaterThan(now)
      const device = await server.devices.read([browser.value('known_device') ?? ''])
      expect(device).toMatchObject({
        sessionId: session.sessionId,
        account: user.name.toLowerCase(),
        signedInAt: Math.floor(found.createdAt / SECOND) * SECOND,
      })
      const told = ['refresh_token_expired']
      expect(await browser.visit()).toEqual(told)
      await server.database.prune(now, 1000)
      await server.database.prune(now + sessionMs, 1000)
      expect(await server.database.sessions.find(session.sessionId)).toBeNull()
      expect(await browser.visit()).toEqual(told)
    },
  )

  it('absolute-expired had not been unused', async () => {
    const found = await row(await start('absolute-expired'))
    expect(found.idleExpiresAt).toBe(found.expiresAt)
    expect(found.expiresAt - found.createdAt).toBe(server.config.sessionMs)
    expect(found.expiresAt - found.issuedAt).toBeLessThan(server.config.idleMs)
  })

  it('in any state leaves the user’s other sessions as they are', async () => {
    const kept = await start('fresh')
    for (const state of STATES) await start(state)
    expect(await row(kept)).toMatchObject({ generation: 0, endedAt: null })
    const { sessions } = await rotations({ userId: user.id }, server)
    expect(sessions).toHaveLength(STATES.length + 1)
    expect(sessions.map(({ createdAt }) => createdAt)).toEqual(
      sessions.map(({ createdAt }) => createdAt).sort((a, b) => a - b),
    )
  })

  it('becomes older with its jar: time that passes rotates it, and then expires it', async () => {
    const session = await start('fresh')
    const browser = jarOf(session)
    const [access, refresh] = [browser.value('access_token'), browser.value('refresh_token')]
    const before = await server.engine.check(access ?? '')
    await pass(SECOND, browser)
    expect(browser.value('access_token')).not.toBe(access)
    expect(browser.value('refresh_token')).not.toBe(refresh)
    const after = await server.engine.check(browser.value('access_token') ?? '')
    expect(after.accessExpiresAt).toBe(before.accessExpiresAt - SECOND)
    expect(after.session.createdAt).toBe(before.session.createdAt - SECOND)

    const { accessTokenMs, idleMs, sessionMs } = server.config
    if (accessTokenMs < idleMs) {
      await pass(accessTokenMs, browser)
      expect(browser.names).toEqual(['refresh_token', 'known_device'])
      expect(await browser.visit()).toEqual(['rotate'])
    }
    await pass(Math.min(idleMs, sessionMs), browser)
    expect(browser.names).toEqual(['known_device'])
    expect((await row(session)).idleExpiresAt).toBeLessThanOrEqual(server.clock())
  })
})

describe('time that passes', () => {
  beforeAll(async () => {
    server = await openServer({ TESTING: '1' })
  })
  afterAll(() => server.dispose())
  beforeEach(async () => {
    user = await addTestUser({}, server)
  })

  it('keeps the identity of an access token: one that was retired stays retired', async () => {
    const browser = jarOf(await start('fresh'))
    await server.engine.revoke(browser.value('access_token') ?? '', client)
    await pass(MINUTE, browser)
    await expect(server.engine.check(browser.value('access_token') ?? '')).rejects.toMatchObject({
      code: 'invalid_access_token',
    })
  })

  it('changes no cookie of another user, of another app, or that is forged', async () => {
    const other = await addTestUser({}, server)
    const theirs = (await start('fresh', other)).cookies
    const forged = theirs.map(({ name, value }) => ({
      name,
      value: `${value.slice(0, -8)}AAAAAAAA`,
    }))
    const foreign = [{ name: 'theme', value: 'dark' }]
    const jars = [theirs, forged, foreign, []].map((jar) =>
      jar.map(({ name, value }) => ({ name, value })),
    )
    const passed = await passTime({ userId: user.id, ms: DAY, jars }, server)
    expect(passed.jars).toEqual(jars.map(() => ({ cookies: [], dropped: [] })))
  })

  it('ages a challenge with the token that it is about, and drops it after its minute', async () => {
    const browser = jarOf(await start('lost-response'))
    const request = {
      tokens: [browser.value('refresh_token') ?? ''] as [string],
      accessOnly: false,
      jar: true,
      client,
    }
    const { challenge = '' } = await server.engine
      .refresh({ ...request, challenges: [] })
      .catch((error) => error)
    const jars = [[{ name: 'refresh_challenge', value: challenge }]]
    const {
      jars: [aged],
    } = await passTime({ userId: user.id, ms: 20 * SECOND, jars }, server)
    expect(aged?.cookies).toMatchObject([{ name: 'refresh_challenge' }])
    const healed = await server.engine.refresh({
      ...request,
      challenges: [aged?.cookies[0]?.value ?? ''],
    })
    expect(healed.refresh).not.toBeNull()
    const late = await passTime({ userId: user.id, ms: MINUTE, jars }, server)
    expect(late.jars).toEqual([{ cookies: [], dropped: ['refresh_challenge'] }])
  })

  it('makes no proof of a challenge that proved nothing when it was made', async () => {
    const session = await start('stolen')
    const [owner, thief] = [jarOf(session), new Browser(session.thief)]
    await owner.visit()
    const token = thief.value('refresh_token') ?? ''
    const ask = async (refresh: string, challenges: string[]) =>
      server.engine
        .refresh({ tokens: [refresh], accessOnly: false, jar: true, challenges, client })
        .catch((error) => error)
    const { challenge } = await ask(token, [])
    const jar = [
      { name: 'refresh_token', value: token },
      { name: 'refresh_challenge', value: challenge },
    ]
    const ms = server.config.graceMs + SECOND
    const passed = await passTime({ userId: user.id, ms, jars: [jar] }, server)
    const [refresh, aged] = passed.jars[0]?.cookies.map(({ value }) => value) ?? []
    expect(await ask(refresh ?? '', [aged ?? ''])).toMatchObject({ code: 'stale_refresh_token' })
  })

  it('leaves the server’s clock and every other user alone', async () => {
    const other = await addTestUser({}, server)
    const [mine, theirs] = [await start('fresh'), await start('fresh', other)]
    const before = await row(theirs)
    const clock = server.clock()
    await pass(30 * DAY, jarOf(mine))
    expect(server.clock() - clock).toBeLessThan(DAY)
    expect(await row(theirs)).toEqual(before)
  })
})

it('needs time between its tokens: a state for which the lifetimes leave none is refused', async () => {
  server = await openServer({ TESTING: '1', REFRESH_GRACE: '0' })
  user = await addTestUser({}, server)
  await expect(start('replaced')).rejects.toMatchObject({ status: 409, code: 'STATE_IMPOSSIBLE' })
  expect(await jarOf(await start('lost-response')).visit()).toEqual(['challenge', 'reissue'])
  await server.dispose()
  const tight = { ACCESS_TOKEN_TTL: '10s', REFRESH_TOKEN_TTL: '10s', REFRESH_GRACE: '5s' }
  server = await openServer({ TESTING: '1', ...tight })
  user = await addTestUser({}, server)
  for (const state of ['expired', 'replaced', 'lost-response', 'stolen', 'reused'] as const) {
    await expect(start(state)).rejects.toMatchObject({ code: 'STATE_IMPOSSIBLE' })
  }
  expect((await rotations({ userId: user.id }, server)).sessions).toEqual([])
  await server.dispose()
})

it('is signed with the keys and for the address of this server', async () => {
  const { generateJwk } = await import('@/session/keys/key-generation')
  const keys = {
    ACCESS_TOKEN_ALG: 'EdDSA',
    ACCESS_TOKEN_KEYS: JSON.stringify(await generateJwk('EdDSA')),
  }
  const names = { TOKEN_ISSUER: 'issuer', TOKEN_AUDIENCE: 'audience', COOKIE_SAMESITE: 'strict' }
  server = await openServer({ TESTING: '1', APP_ORIGIN: 'https://app.test', ...keys, ...names })
  user = await addTestUser({}, server)
  const { cookies, sessionId } = await start('fresh')
  for (const cookie of cookies)
    expect(cookie).toMatchObject({ path: '/', httpOnly: true, secure: true, sameSite: 'Strict' })
  const [access, refresh] = cookies
  expect(access?.name).toBe('__Host-access_token')
  expect((await server.engine.check(access?.value ?? '')).session.id).toBe(sessionId)
  const { jars } = await passTime({ userId: user.id, ms: MINUTE, jars: [[...cookies]] }, server)
  expect(jars[0]?.cookies.map(({ name }) => name)).toEqual(cookies.map(({ name }) => name))
  expect((await server.engine.check(jars[0]?.cookies[0]?.value ?? '')).session.id).toBe(sessionId)
  expect(jars[0]?.cookies[1]?.value).not.toBe(refresh?.value)
  await server.dispose()
})

it('cannot be started for a user who is disabled', async () => {
  server = await openServer({ TESTING: '1' })
  user = await addTestUser({}, server)
  const create = vi.spyOn(server.database.sessions, 'create').mockResolvedValue(false)
  await expect(start('fresh')).rejects.toMatchObject({ status: 409, code: 'USER_DISABLED' })
  create.mockRestore()
  await server.dispose()
})
