import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issuedSecond, openKeyring } from '../keys/keyring'
import { createChallenges } from './challenge'

const NOW = 1_800_000_000_000
const keyring = await openKeyring(['the-secret-of-the-refresh-tokens-01234'], 'challenge')
const challenges = createChallenges(keyring)

describe('a challenge', () => {
  it('comes back as it was made, to the millisecond, for any session and position', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[\w-]{1,40}$/),
        fc.record({ generation: fc.maxSafeNat(), branch: fc.nat(8) }),
        fc.integer({ min: 1, max: 2 }),
        fc.nat(999),
        async (sessionId, at, ordinal, ms) => {
          const now = NOW + ms
          const token = await challenges.issue(sessionId, at, ordinal, now)
          const read = await challenges.read(token, sessionId, now)
          expect(read).toEqual({ ...at, ordinal, issuedAt: now })
          expect(await challenges.read(token, `${sessionId}x`, now)).toBeNull()
        },
      ),
      { numRuns: 50 },
    )
  })

  it('is good for a minute at most', async () => {
    const token = await challenges.issue('s', { generation: 1, branch: 0 }, 1, NOW)
    expect(await challenges.read(token, 's', NOW + 59_999)).not.toBeNull()
    expect(await challenges.read(token, 's', NOW + 60_000)).toBeNull()
  })

  it('is refused if anybody else made it', async () => {
    const iat = issuedSecond(NOW)
    const claims = { sid: 's', g: 1, b: 0, n: 1, at: NOW, iat, exp: iat + 60 }
    const ours = await keyring.sign('challenge+jwt', claims)
    expect(await challenges.read(ours, 's', NOW)).not.toBeNull()
    // The refresh token itself, presented as its own challenge.
    expect(await challenges.read(await keyring.sign('rt+jwt', claims), 's', NOW)).toBeNull()
    const plain = await openKeyring(['the-secret-of-the-refresh-tokens-01234'])
    expect(await challenges.read(await plain.sign('challenge+jwt', claims), 's', NOW)).toBeNull()
    expect(await challenges.read('', 's', NOW)).toBeNull()
    expect(await challenges.read('nonsense', 's', NOW)).toBeNull()
  })

  it.each(['g', 'b', 'n', 'at', 'sid'])('counts for nothing without its %s', async (name) => {
    const iat = issuedSecond(NOW)
    const { [name]: _, ...claims }: Record<string, unknown> = {
      ...{ sid: 's', g: 1, b: 0, n: 1, at: NOW, iat, exp: iat + 60 },
    }
    const token = await keyring.sign('challenge+jwt', claims)
    expect(await challenges.read(token, 's', NOW)).toBeNull()
  })
})
