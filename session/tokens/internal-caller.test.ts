import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_REQUEST_AGE_MS } from '@/session/time'
import { issuedSecond, keyringFor, MAX_TOKEN_BYTES, openKeyring } from '../keys/keyring'
import { createInternalCallers } from './internal-caller'

const NOW = 1_800_000_000_000
const SECRET = 'the-secret-of-the-refresh-tokens-01234'
const keyring = await openKeyring([SECRET], 'internal')
const callers = createInternalCallers(keyring)
const caller = { address: '192.0.2.7', userAgent: 'Browser/1', waitedMs: 40 }

describe('an assertion of a caller', () => {
  it('tells the route who is behind the request, whatever a header can hold', async () => {
    const latin1 = fc
      .array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 700 })
      .map((codes) => String.fromCharCode(...codes))
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(''))
    await fc.assert(
      fc.asyncProperty(address, latin1, fc.nat(999), async (from, userAgent, waitedMs) => {
        const assertion = await callers.sign({ address: from, userAgent, waitedMs }, 'token', NOW)
        expect(assertion.length).toBeLessThanOrEqual(MAX_TOKEN_BYTES)
        expect(await callers.read(assertion, 'token', NOW)).toEqual({
          address: from,
          userAgent: userAgent.slice(0, 512),
          waitedMs,
        })
      }),
      { numRuns: 100 },
    )
  })

  it('still fits where every character of the agent is the longest a header can hold', async () => {
    const worst = {
      ...caller,
      userAgent: '\u00ff'.repeat(4000),
      address: `${'ffff:'.repeat(7)}ffff`,
    }
    const longest = createInternalCallers(keyringFor('a'.repeat(200), keyring))
    const assertion = await longest.sign(worst, 'token', NOW)
    expect(await longest.read(assertion, 'token', NOW)).not.toBeNull()
  })

  it('serves for one refresh token only', async () => {
    const assertion = await callers.sign(caller, 'token', NOW)
    expect(await callers.read(assertion, 'token', NOW)).toEqual(caller)
    expect(await callers.read(assertion, 'token2', NOW)).toBeNull()
    expect(await callers.read(assertion, '', NOW)).toBeNull()
  })

  it('serves for ten seconds, also where the clock of who reads it is ten seconds ahead or behind', async () => {
    const assertion = await callers.sign(caller, 'token', NOW)
    for (const skew of [-10_000, 0, 10_000]) {
      expect(await callers.read(assertion, 'token', NOW + skew + 9_999)).not.toBeNull()
    }
    expect(await callers.read(assertion, 'token', NOW + 20_000)).toBeNull()
  })

  it('serves for ten seconds from its signing, however long ago the request arrived', async () => {
    const waited = { ...caller, waitedMs: 60_000 }
    const assertion = await callers.sign(waited, 'token', NOW)
    expect(await callers.read(assertion, 'token', NOW + 9_999)).toEqual(waited)
  })

  it('says of no request that it waited for longer than one may, nor for less than nothing', async () => {
    const claims = claimsOf(await callers.sign({ ...caller, waitedMs: 3_600_000 }, 'token', NOW))
    const read = async (waited: unknown) => {
      const assertion = await keyring.sign('internal+jwt', { ...claims, waited })
      return (await callers.read(assertion, 'token', NOW))?.waitedMs
    }
    expect(await read(claims.waited)).toBe(MAX_REQUEST_AGE_MS)
    expect(await read(0)).toBe(0)
    for (const waited of [-1, '40', null]) expect(await read(waited)).toBeUndefined()
  })

  it('cannot be made by a stranger, nor out of another token of ours', async () => {
    const { rt } = claimsOf(await callers.sign(caller, 'token', NOW))
    const iat = issuedSecond(NOW)
    const claims = { address: '203.0.113.9', agent: 'x', rt, waited: 40, iat, exp: iat + 10 }
    const signed = (ring: typeof keyring, type: 'internal+jwt' | 'device+jwt' | 'rt+jwt') =>
      ring.sign(type, claims)
    expect(await callers.read(await signed(keyring, 'internal+jwt'), 'token', NOW)).not.toBeNull()
    for (const forged of [
      await signed(await openKeyring(['a-secret-that-a-stranger-made-up-0123']), 'internal+jwt'),
      await signed(await openKeyring([SECRET]), 'internal+jwt'),
      await signed(await openKeyring([SECRET], 'device'), 'internal+jwt'),
      await signed(keyring, 'device+jwt'),
      await signed(keyring, 'rt+jwt'),
      '',
      '{"address":"203.0.113.9"}',
    ]) {
      expect(await callers.read(forged, 'token', NOW)).toBeNull()
    }
  })

  it.each(['address', 'agent', 'rt', 'waited'])(
    'counts for nothing without its %s',
    async (name) => {
      const whole = claimsOf(await callers.sign(caller, 'token', NOW))
      const { [name]: _, ...claims } = whole
      const assertion = await keyring.sign('internal+jwt', claims)
      expect(await callers.read(assertion, 'token', NOW)).toBeNull()
    },
  )
})

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
