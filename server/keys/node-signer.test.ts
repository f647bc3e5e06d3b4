import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessKeyringSuite } from '@/session/keys/access-keyring.suite'
import { generateJwk } from '@/session/keys/key-generation'
import { importKeyPairs } from '@/session/keys/key-pair'
import { createKeyring, issuedSecond } from '@/session/keys/keyring'
import { keyringSuite } from '@/session/keys/keyring.suite'
import { webSigner } from '@/session/keys/signer'
import { importSecret } from '@/session/keys/signing-key'
import { nodeSigner } from './node-signer'

keyringSuite('node:crypto', nodeSigner)
accessKeyringSuite('node:crypto', nodeSigner)

const NOW = 1_800_000_000_000
const keys = [
  await importSecret('the-secret-of-this-test-0123456789abcdef'),
  ...(await importKeyPairs([await generateJwk('EdDSA'), await generateJwk('ES256')])),
]

describe.each(keys)('node:crypto and Web Crypto with $algorithm', (key) => {
  const node = createKeyring([key], nodeSigner)
  const web = createKeyring([key], webSigner)

  it('take each other’s tokens, and say the same of any change to them and at any time', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 })
    const change = fc.record({ at: fc.nat(), character: fc.constantFrom('A', 'b', '-', '.', '=') })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ sub: text, aud: fc.constantFrom('here', 'there') }),
        fc.integer({ min: -60, max: 60 }),
        fc.option(change),
        async (claims, seconds, changed) => {
          const life = { iat: issuedSecond(NOW), exp: issuedSecond(NOW) + 30 }
          for (const signer of [node, web]) {
            const token = await signer.sign('at+jwt', { ...claims, ...life })
            const at = changed === null ? 0 : changed.at % token.length
            const presented =
              changed === null
                ? token
                : token.slice(0, at) + changed.character + token.slice(at + 1)
            const verdict = (ring: typeof node) =>
              ring.verify('at+jwt', presented, NOW + seconds * 1000, { audience: 'here' })
            const verdicts = [await verdict(node), await verdict(web)]
            expect(verdicts[0]).toEqual(verdicts[1])
            const isGood = presented === token && claims.aud === 'here'
            const status = seconds < 30 ? 'good' : 'expired'
            expect(verdicts[0]?.status).toBe(isGood ? status : 'invalid')
          }
        },
      ),
      { numRuns: 100 },
    )
  })
})
