import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issuedSecond, openKeyring } from '../keys/keyring'
import { createAccessTokens } from './access-token'

const NOW = 1_800_000_000_000
const LIFE_MS = 15 * 60_000
const expected = { issuer: 'https://app.example', audience: 'https://api.example' }
const keyring = await openKeyring(['the-secret-of-the-access-tokens-012345'])
const tokens = createAccessTokens(keyring, expected, LIFE_MS)

const id = fc.stringMatching(/^[\w-]{1,40}$/)
const farAway = NOW * 2

describe('an access token', () => {
  it('names its session and its user, for any of them', async () => {
    await fc.assert(
      fc.asyncProperty(id, id, fc.nat(LIFE_MS - 1000), async (sid, userId, later) => {
        const { token } = await tokens.issue({ id: sid, userId, expiresAt: farAway }, NOW)
        const verdict = await tokens.verify(token, NOW + later)
        expect(verdict).toMatchObject({
          status: 'good',
          claims: { sessionId: sid, userId, expiresAt: NOW + LIFE_MS },
        })
      }),
      { numRuns: 50 },
    )
  })

  it('carries the claims of RFC 9068 and no position of its session', async () => {
    const { token } = await tokens.issue({ id: 's', userId: 'u', expiresAt: farAway }, NOW)
    const [header, claims] = token.split('.').slice(0, 2).map(decode)
    expect(header).toMatchObject({ alg: 'HS256', typ: 'at+jwt' })
    expect(claims).toEqual({
      iss: expected.issuer,
      aud: expected.audience,
      sub: 'u',
      sid: 's',
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id: 'rekindle',
      iat: NOW / 1000,
      exp: (NOW + LIFE_MS) / 1000,
    })
  })

  it('is never twice the same', async () => {
    const session = { id: 's', userId: 'u', expiresAt: farAway }
    const made = await Promise.all(Array.from({ length: 20 }, () => tokens.issue(session, NOW)))
    expect(new Set(made.map(({ token }) => token)).size).toBe(20)
  })

  it('expires with its session at the latest, and reports its true lifetime', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -5000, max: LIFE_MS * 2 }),
        fc.nat(999),
        async (left, ms) => {
          const now = NOW + ms
          const expiresAt = now + left
          const issued = await tokens.issue({ id: 's', userId: 'u', expiresAt }, now)
          const { exp, iat } = decode(issued.token.split('.')[1])
          expect(exp * 1000).toBeLessThanOrEqual(expiresAt)
          expect(exp - iat).toBeLessThanOrEqual(LIFE_MS / 1000)
          expect(issued.expiresInSeconds).toBe(Math.max(exp - iat, 0))
        },
      ),
    )
  })

  it('reports 1296000 seconds if it is configured to live for 15 days', async () => {
    const long = createAccessTokens(keyring, expected, 15 * 86_400_000)
    const { expiresInSeconds } = await long.issue({ id: 's', userId: 'u', expiresAt: farAway }, NOW)
    expect(expiresInSeconds).toBe(1_296_000)
  })

  it('is expired after its lifetime, and its claims are still known', async () => {
    const { token } = await tokens.issue({ id: 's', userId: 'u', expiresAt: farAway }, NOW)
    const verdict = await tokens.verify(token, NOW + LIFE_MS)
    expect(verdict).toMatchObject({ status: 'expired', claims: { sessionId: 's', userId: 'u' } })
  })

  it('is invalid for another issuer or another audience', async () => {
    const { token } = await tokens.issue({ id: 's', userId: 'u', expiresAt: farAway }, NOW)
    for (const other of [
      { ...expected, issuer: 'https://other.example' },
      { ...expected, audience: 'https://other.example' },
    ]) {
      const verdict = await createAccessTokens(keyring, other, LIFE_MS).verify(token, NOW)
      expect(verdict).toEqual({ status: 'invalid' })
    }
  })

  const iat = issuedSecond(NOW)
  const whole = { iss: expected.issuer, aud: expected.audience, iat, exp: iat + 60 }
  const claims = { ...whole, sub: 'u', sid: 's', jti: 'j', client_id: 'c' }

  it.each([
    ['sub', { ...claims, sub: undefined }],
    ['sub that is not empty', { ...claims, sub: '' }],
    ['sid', { ...claims, sid: undefined }],
    ['sid that is a text', { ...claims, sid: 7 }],
    ['jti', { ...claims, jti: undefined }],
    ['end', { ...claims, exp: undefined }],
    ['beginning', { ...claims, iat: undefined }],
    ['client', { ...claims, client_id: undefined }],
  ])('is invalid without a %s, however well signed', async (_, wrong) => {
    expect((await tokens.verify(await keyring.sign('at+jwt', claims), NOW)).status).toBe('good')
    const token = await keyring.sign('at+jwt', JSON.parse(JSON.stringify(wrong)))
    expect(await tokens.verify(token, NOW)).toEqual({ status: 'invalid' })
  })

  it('is not good as a refresh token, nor a refresh token as an access token, even under one key', async () => {
    const refresh = await keyring.sign('rt+jwt', claims)
    expect(await tokens.verify(refresh, NOW)).toEqual({ status: 'invalid' })
  })
})

function decode(part: string | undefined) {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
}
