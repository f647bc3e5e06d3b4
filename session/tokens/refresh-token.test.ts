import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issuedSecond, openKeyring } from '../keys/keyring'
import { createRefreshTokens } from './refresh-token'

const NOW = 1_800_000_000_000
const DAY = 86_400_000
const keyring = await openKeyring(['the-secret-of-the-refresh-tokens-01234'])
const tokens = createRefreshTokens(keyring)

describe('a refresh token', () => {
  it('names a session, a user and a position, for any of them', async () => {
    const id = fc.stringMatching(/^[\w-]{1,40}$/)
    const count = fc.maxSafeNat()
    await fc.assert(
      fc.asyncProperty(id, id, count, fc.nat(8), async (sid, userId, generation, branch) => {
        const session = { id: sid, userId }
        const { token } = await tokens.issue(session, { generation, branch }, NOW + DAY, NOW)
        expect(await tokens.verify(token, NOW)).toEqual({
          status: 'good',
          claims: {
            ...{ sessionId: sid, userId, generation, branch },
            ...{ issuedAt: NOW, expiresAt: NOW + DAY },
          },
        })
      }),
      { numRuns: 50 },
    )
  })

  it('expires at the given time, to the second, and reports its true lifetime', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -5000, max: DAY }), fc.nat(999), async (left, ms) => {
        const now = NOW + ms
        const position = { generation: 1, branch: 0 }
        const session = { id: 's', userId: 'u' }
        const issued = await tokens.issue(session, position, now + left, now)
        const claims = JSON.parse(
          Buffer.from(issued.token.split('.')[1] ?? '', 'base64url').toString(),
        )
        expect(claims).toEqual({
          sub: 'u',
          sid: 's',
          g: 1,
          b: 0,
          iat: issuedSecond(now),
          exp: Math.floor((now + left) / 1000),
        })
        expect(issued.expiresInSeconds).toBe(Math.max(claims.exp - claims.iat, 0))
        const { status } = await tokens.verify(issued.token, now + left)
        expect(status).toBe('expired')
      }),
      { numRuns: 50 },
    )
  })

  const iat = issuedSecond(NOW)
  const claims = { sub: 'u', sid: 's', g: 3, b: 1, iat, exp: iat + 60 }

  it.each([
    ['no sub', { sub: undefined }],
    ['no sid', { sid: undefined }],
    ['a sid that is no text', { sid: { $ne: null } }],
    ['no generation', { g: undefined }],
    ['a generation below zero', { g: -1 }],
    ['half a generation', { g: 1.5 }],
    ['a generation that is a text', { g: '3' }],
    ['a generation beyond counting', { g: 2 ** 53 }],
    ['no branch', { b: undefined }],
    ['a branch below zero', { b: -1 }],
    ['a branch that is null', { b: null }],
    ['no end', { exp: undefined }],
  ])('is invalid with %s, however well signed', async (_, wrong) => {
    expect((await tokens.verify(await keyring.sign('rt+jwt', claims), NOW)).status).toBe('good')
    const token = await keyring.sign('rt+jwt', JSON.parse(JSON.stringify({ ...claims, ...wrong })))
    expect(await tokens.verify(token, NOW)).toEqual({ status: 'invalid' })
    expect(await tokens.verify(token, NOW + DAY)).toEqual({ status: 'invalid' })
  })

  it.each([['at+jwt'], ['challenge+jwt'], ['internal+jwt'], ['device+jwt']] as const)(
    'is not a %s under the same key',
    async (type) => {
      const token = await keyring.sign(type, claims)
      expect(await tokens.verify(token, NOW)).toEqual({ status: 'invalid' })
    },
  )
})
