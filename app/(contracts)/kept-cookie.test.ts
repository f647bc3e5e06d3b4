import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addUser } from '@/server/auth/account/account'
import { asked, HTTP, HTTPS, openServer, type TestServer } from '@/testing/server/suite'
import { POST as signOut } from '../api/auth/logout/route'
import { GET as refresh } from '../api/refresh/refreshtoken/route'
import { POST as signIn } from './login/route'

const PASSWORD = 'correct horse'
const BROWSER = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }
const BROWSERS = [{ origin: HTTPS }, ...Object.entries(BROWSER).map(([k, v]) => ({ [k]: v }))]

let server: TestServer

async function open(origin: string) {
  server = await openServer({ APP_ORIGIN: origin })
  await addUser('Ada', PASSWORD)
  await addUser('Eve', PASSWORD)
}

const enter = (headers: Record<string, string> = {}, username = 'ada') =>
  signIn(asked('POST', { username, password: PASSWORD }, { headers }), {})
const renew = (cookie: string, headers: Record<string, string> = {}) =>
  refresh(asked('GET', null, { headers: { cookie, ...headers } }), {})
const tokenOf = async (answer: Response) => (await answer.json()).refresh_token as string
const linesOf = (answer: Response) => answer.headers.getSetCookie()
const whoIs = async (answer: Response) => {
  const { session } = await server.engine.check((await answer.json()).accessToken)
  return session.userName
}

describe('the cookie of a client that keeps its refresh token, on https', () => {
  beforeAll(() => open(HTTPS))
  afterAll(() => server.dispose())

  it.each(BROWSERS)('F46 has the prefix for a browser, recognised by %o', async (headers) => {
    const answer = await enter(headers)
    const token = await tokenOf(answer)
    expect(linesOf(answer)).toEqual([
      expect.stringMatching(/^__Host-RefreshToken=[^;]+; Path=\/; /),
    ])
    const again = await renew(`__Host-RefreshToken=${token}`, headers)
    expect(linesOf(again)[0]).toContain(`__Host-RefreshToken=${token};`)
    expect(await whoIs(again)).toBe('Ada')
  })

  it.each(BROWSERS)(
    'F46 an unprefixed one that a sibling set is not accepted from a browser, recognised by %o',
    async (headers) => {
      const tossed = await tokenOf(await enter({}, 'eve'))
      for (const name of ['RefreshToken', 'refreshToken']) {
        const answer = await renew(`${name}=${tossed}`, headers)
        expect(answer.status).toBe(400)
        expect(linesOf(answer)).toEqual([])
        const mine = await tokenOf(await enter(headers))
        const beside = await renew(`${name}=${tossed}; __Host-RefreshToken=${mine}`, headers)
        expect(await whoIs(beside)).toBe('Ada')
      }
      const { sessionId } =
        (await server.engine.identify({ refresh: [tossed], access: [] }))[0] ?? {}
      await enter({ ...headers, cookie: `RefreshToken=${tossed}` })
      await signOut(
        asked('POST', {}, { headers: { ...headers, cookie: `RefreshToken=${tossed}` } }),
        {},
      )
      expect((await server.database.sessions.find(sessionId ?? ''))?.endedReason).toBeNull()
    },
  )

  it('has no prefix for a client that is not a browser, which may send either', async () => {
    const answer = await enter()
    const token = await tokenOf(answer)
    expect(linesOf(answer)[0]).toMatch(/^RefreshToken=.*; Secure$/)
    for (const name of ['RefreshToken', '__Host-RefreshToken']) {
      const again = await renew(`${name}=${token}`)
      expect(linesOf(again)[0]?.startsWith(`${name}=${token};`)).toBe(true)
    }
    expect(await whoIs(await renew(`refreshToken=${token}`))).toBe('Ada')
    const out = await signOut(
      asked('POST', {}, { headers: { cookie: `RefreshToken=${token}` } }),
      {},
    )
    expect(linesOf(out).at(-1)).toMatch(/^RefreshToken=; Path=\/; Max-Age=0; /)
    expect((await renew(`RefreshToken=${token}`)).status).toBe(400)
  })
})

describe('the cookie of a client that keeps its refresh token, on plain http', () => {
  beforeAll(() => open(HTTP))
  afterAll(() => server.dispose())

  it('F33 is used if it verifies, even if another cookie shadows it', async () => {
    const token = await tokenOf(await enter(BROWSER))
    const shadowed = `RefreshToken=nonsense; RefreshToken=${token}`
    const answer = await renew(shadowed, BROWSER)
    expect(await whoIs(answer)).toBe('Ada')
    expect(linesOf(answer)[0]).toContain(`RefreshToken=${token};`)
    // The alternate name counts only if the contract's own cookie is missing.
    expect((await renew(`RefreshToken=nonsense; refreshToken=${token}`)).status).toBe(400)
    expect(await whoIs(await renew(`refreshToken=nonsense; refreshToken=${token}`))).toBe('Ada')
    const buried = ['1', '2', '3', '4', token].map((value) => `RefreshToken=${value}`)
    expect((await renew(buried.join('; '))).status).toBe(400)
  })
})
