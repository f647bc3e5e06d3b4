import { createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import fc from 'fast-check'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAccessTokens } from '../tokens/access-token'
import { type AccessKeys, openAccessKeyring as openAccess } from './access-keyring'
import { generateJwk } from './key-generation'
import { type PrivateJwk, publicHalf, thumbprint } from './key-pair'
import { issuedSecond, type Keyring, openKeyring as open } from './keyring'
import { countVerified } from './keyring.suite'
import { publicKeySet } from './public-keys'
import type { SignerOf } from './signer'
import type { SigningAlgorithm } from './signing-key'

const NOW = 1_800_000_000_000
const SECRET = 'the-secret-of-the-access-tokens-012345'
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
const life = { iat: issuedSecond(NOW), exp: issuedSecond(NOW) + 60 }
const expected = { issuer: 'https://app.example', audience: 'https://api.example' }

const ed = await generateJwk('EdDSA')
const ec = await generateJwk('ES256')
const otherEd = await generateJwk('EdDSA')
const otherEc = await generateJwk('ES256')
const GIVEN = {
  HS256: { algorithm: 'HS256', keyPairs: [], secrets: [SECRET] },
  EdDSA: { algorithm: 'EdDSA', keyPairs: [ed], secrets: [] },
  ES256: { algorithm: 'ES256', keyPairs: [ec], secrets: [] },
} as const satisfies Record<SigningAlgorithm, AccessKeys>
const ALGORITHMS = Object.keys(GIVEN) as SigningAlgorithm[]
/** What holds for a keyring of access tokens with any signer. `name` says which cryptography it has. */
export function accessKeyringSuite(name: string, signerOf: SignerOf): void {
  describe(`with ${name}`, async () => {
    const { counting, counted } = countVerified(signerOf)
    const openKeyring = (secrets: readonly string[], label?: string) =>
      open(secrets, label, counting)
    const openAccessKeyring = (given: AccessKeys) => openAccess(given, counting)

    afterEach(() => vi.restoreAllMocks())

    const rings = {
      HS256: await openAccessKeyring(GIVEN.HS256),
      EdDSA: await openAccessKeyring(GIVEN.EdDSA),
      ES256: await openAccessKeyring(GIVEN.ES256),
    }
    /** Holds every key of this file except the strangers'. */
    const every = await openAccessKeyring({
      algorithm: 'EdDSA',
      keyPairs: [ed, ec],
      secrets: [SECRET],
    })

    describe.each(ALGORITHMS)('an access token signed with %s', (algorithm) => {
      const ring = rings[algorithm]

      it('carries its claims, under its algorithm and the name of its key', async () => {
        const text = fc.string({ unit: 'grapheme', maxLength: 40 })
        await fc.assert(
          fc.asyncProperty(text, fc.integer(), async (sid, n) => {
            const token = await ring.sign('at+jwt', { sid, n, ...life })
            const claims = { sid, n, ...life }
            expect(headerOf(token)).toEqual({
              alg: algorithm,
              typ: 'at+jwt',
              kid: expect.any(String),
            })
            expect(await ring.verify('at+jwt', token, NOW)).toEqual({ status: 'good', claims })
            expect(await every.verify('at+jwt', token, NOW)).toEqual({ status: 'good', claims })
            expect(await ring.verify('rt+jwt', token, NOW)).toEqual({ status: 'invalid' })
          }),
          { numRuns: 50 },
        )
      })

      it('is invalid after the change of any one character', async () => {
        const token = await ring.sign('at+jwt', life)
        const anything = fc.constantFrom(...ALPHABET, '.', '=', '+', '/', ' ', '\n', '\u00e9')
        await fc.assert(
          fc.asyncProperty(fc.nat(token.length - 1), anything, async (at, character) => {
            fc.pre(token[at] !== character)
            const changed = token.slice(0, at) + character + token.slice(at + 1)
            expect(await every.verify('at+jwt', changed, NOW)).toEqual({ status: 'invalid' })
          }),
          { numRuns: 300 },
        )
      })

      it('has no second spelling by the stray bits of its last character, nor by length', async () => {
        const token = await ring.sign('at+jwt', life)
        const spellings = [
          ...ALPHABET.map((last) => token.slice(0, -1) + last),
          ...[`${token}A`, `${token}=`, token.slice(0, -1), `${token}AAAA`],
        ]
        const verify = counted()
        for (const spelling of spellings.filter((other) => other !== token)) {
          expect(await every.verify('at+jwt', spelling, NOW)).toEqual({ status: 'invalid' })
        }
        // The remaining ones are canonical spellings of other signatures.
        expect(verify.count).toBeLessThanOrEqual(15)
      })

      it('is expired at its expiry, and its claims are still known', async () => {
        const token = await ring.sign('at+jwt', life)
        const end = life.exp * 1000
        expect((await every.verify('at+jwt', token, end - 1)).status).toBe('good')
        expect(await every.verify('at+jwt', token, end)).toEqual({
          status: 'expired',
          claims: life,
        })
      })

      it('is refused without cryptography by every keyring that does not hold its key', async () => {
        const token = await ring.sign('at+jwt', life)
        const strangers = [
          ...ALGORITHMS.filter((other) => other !== algorithm).map((other) => rings[other]),
          await openAccessKeyring({
            algorithm: 'EdDSA',
            keyPairs: [otherEd, otherEc],
            secrets: [],
          }),
          await openKeyring([`${SECRET}6`]),
        ]
        const verify = counted()
        for (const stranger of strangers) {
          expect(await stranger.verify('at+jwt', token, NOW)).toEqual({ status: 'invalid' })
        }
        expect(verify.count).toBe(0)
      })

      it('is refused without cryptography where its header names any other algorithm', async () => {
        const token = await ring.sign('at+jwt', life)
        const verify = counted()
        for (const alg of [
          ...ALGORITHMS,
          'none',
          'Ed25519',
          'HS512',
          'ES384',
          'RS256',
          '',
          null,
          [],
        ]) {
          if (alg === algorithm) continue
          const swapped = b64(JSON.stringify({ ...headerOf(token), alg }))
          const confused = [swapped, ...token.split('.').slice(1)].join('.')
          expect(await every.verify('at+jwt', confused, NOW)).toEqual({ status: 'invalid' })
        }
        expect(verify.count).toBe(0)
      })

      it('is refused unsigned', async () => {
        const { kid } = headerOf(await ring.sign('at+jwt', life))
        for (const signature of ['', 'A'.repeat(43), 'A'.repeat(86)]) {
          for (const alg of ['none', 'None', algorithm]) {
            const token = `${b64(JSON.stringify({ alg, typ: 'at+jwt', kid }))}.${b64(JSON.stringify(life))}.${signature}`
            expect(await every.verify('at+jwt', token, NOW)).toEqual({ status: 'invalid' })
          }
        }
      })

      it('fits a cookie and the longest token that is read', async () => {
        const tokens = createAccessTokens(ring, expected, 60_000)
        const session = { id: crypto.randomUUID(), userId: crypto.randomUUID(), expiresAt: NOW * 2 }
        const { token } = await tokens.issue(session, NOW)
        expect(token.length).toBeLessThan(1024)
      })
    })

    describe('a forger', () => {
      it('is refused with the public key as an HMAC secret, in every form that it has', async () => {
        for (const jwk of [ed, ec]) {
          const kid = await thumbprint(jwk)
          const key = createPublicKey({ key: publicHalf(jwk), format: 'jwk' })
          for (const secret of [
            JSON.stringify(publicHalf(jwk)),
            ...[jwk.x, Buffer.from(jwk.x, 'base64url'), kid],
            key.export({ type: 'spki', format: 'pem' }),
            key.export({ type: 'spki', format: 'der' }),
          ]) {
            for (const alg of ['HS256', 'EdDSA', 'ES256']) {
              const token = forge({ alg, typ: 'at+jwt', kid }, (signed) =>
                createHmac('sha256', secret).update(signed).digest(),
              )
              expect(await every.verify('at+jwt', token, NOW)).toEqual({ status: 'invalid' })
            }
          }
        }
      })

      it('is refused with another key under the name of a real one', async () => {
        for (const [alg, own, other] of [
          ['EdDSA', ed, otherEd],
          ['ES256', ec, otherEc],
        ] as const) {
          const header = { alg, typ: 'at+jwt', kid: await thumbprint(own) }
          const status = async (jwk: PrivateJwk) =>
            (await every.verify('at+jwt', forge(header, keySigner(jwk)), NOW)).status
          expect(await status(own)).toBe('good')
          expect(await status(other)).toBe('invalid')
        }
      })

      it('is refused with one real key under the name of another', async () => {
        for (const [alg, named, used] of [
          ['EdDSA', ed, ec],
          ['ES256', ec, ed],
          ['EdDSA', ec, ed],
          ['ES256', ed, ec],
        ] as const) {
          const header = { alg, typ: 'at+jwt', kid: await thumbprint(named) }
          const token = forge(header, keySigner(used))
          expect(await every.verify('at+jwt', token, NOW)).toEqual({ status: 'invalid' })
        }
      })

      it('does not bring a key along', async () => {
        const kid = await thumbprint(ed)
        const header = { alg: 'EdDSA', typ: 'at+jwt', kid, jwk: publicHalf(otherEd) }
        const token = forge(header, keySigner(otherEd))
        expect(await every.verify('at+jwt', token, NOW)).toEqual({ status: 'invalid' })
      })
    })

    describe('a change of keys', () => {
      const openPairs = (keyPairs: PrivateJwk[]) =>
        openAccessKeyring({ algorithm: 'EdDSA', keyPairs, secrets: [] })

      it('signs no one out: a key is added, promoted, and refused only once it is retired', async () => {
        const before = await openPairs([ed])
        const added = await openPairs([ed, otherEd])
        const promoted = await openPairs([otherEd, ed])
        const retired = await openPairs([otherEd])
        const old = await before.sign('at+jwt', life)
        const meanwhile = await added.sign('at+jwt', life)
        const fresh = await promoted.sign('at+jwt', life)
        expect(headerOf(meanwhile).kid).toBe(await thumbprint(ed))
        expect(headerOf(fresh).kid).toBe(await thumbprint(otherEd))
        for (const ring of [added, promoted]) {
          for (const token of [old, meanwhile, fresh])
            expect(await status(ring, token)).toBe('good')
        }
        expect(await status(retired, fresh)).toBe('good')
        expect(await status(retired, old)).toBe('invalid')
        expect(await status(before, fresh)).toBe('invalid')
      })

      it.each(ALGORITHMS.flatMap((from) => ALGORITHMS.map((to) => [from, to] as const)))(
        'of algorithm too, from %s to %s, costs no living token anything',
        async (from, to) => {
          const old = await rings[from].sign('at+jwt', life)
          const pairs = [GIVEN[to], GIVEN[from]].flatMap(({ keyPairs }): PrivateJwk[] => [
            ...keyPairs,
          ])
          const keyPairs = [...new Set(pairs)]
          const after = await openAccessKeyring({ algorithm: to, keyPairs, secrets: [SECRET] })
          expect(await status(after, old)).toBe('good')
          expect(headerOf(await after.sign('at+jwt', life)).alg).toBe(to)
        },
      )

      it('names a secret as before: this keyring and a plain one accept the tokens of one another', async () => {
        const plain = await openKeyring([SECRET])
        expect(await status(rings.HS256, await plain.sign('at+jwt', life))).toBe('good')
        expect(await status(plain, await rings.HS256.sign('at+jwt', life))).toBe('good')
      })

      it.each<[string, AccessKeys]>([
        ['no secret', { algorithm: 'HS256', keyPairs: [ed], secrets: [] }],
        ['no pair', { algorithm: 'EdDSA', keyPairs: [], secrets: [SECRET] }],
        ['no pair of its own', { algorithm: 'ES256', keyPairs: [ed, ec], secrets: [SECRET] }],
        ['nothing', { algorithm: 'HS256', keyPairs: [], secrets: [] }],
      ])(
        'never signs with another algorithm than the one configured, for want of a key: %s',
        async (_, given) => {
          await expect(openAccessKeyring(given)).rejects.toThrow(`one for ${given.algorithm}`)
        },
      )

      it('imports each key once, however many tokens there are', async () => {
        const importKey = vi.spyOn(crypto.subtle, 'importKey')
        const ring = await openAccessKeyring({
          algorithm: 'ES256',
          keyPairs: [ec, ed],
          secrets: [SECRET],
        })
        const imports = importKey.mock.calls.length
        for (let n = 0; n < 5; n++) await status(ring, await ring.sign('at+jwt', life))
        expect(importKey.mock.calls.length).toBe(imports)
        expect(imports).toBe(5)
      })
    })

    describe('a verifier elsewhere', () => {
      it.each(['EdDSA', 'ES256'] as const)(
        'verifies %s with the published set and the claims of RFC 9068',
        async (algorithm) => {
          const tokens = createAccessTokens(rings[algorithm], expected, 60_000)
          const { token } = await tokens.issue({ id: 's', userId: 'u', expiresAt: NOW * 2 }, NOW)
          const published: JSONWebKeySet = JSON.parse(JSON.stringify(await publicKeySet([ed, ec])))
          const options = {
            ...expected,
            typ: 'at+jwt',
            algorithms: [algorithm],
            currentDate: new Date(NOW),
          }
          const { payload, protectedHeader } = await jwtVerify(
            token,
            createLocalJWKSet(published),
            {
              ...options,
              requiredClaims: ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'],
            },
          )
          expect(payload).toMatchObject({ sub: 'u', sid: 's', client_id: 'rekindle' })
          expect(published.keys.map(({ kid }) => kid)).toContain(protectedHeader.kid)
          const elsewhere: JSONWebKeySet = JSON.parse(
            JSON.stringify(await publicKeySet([otherEd, otherEc])),
          )
          await expect(jwtVerify(token, createLocalJWKSet(elsewhere), options)).rejects.toThrow()
        },
      )
    })
  })
}

async function status(ring: Keyring, token: string): Promise<string> {
  return (await ring.verify('at+jwt', token, NOW)).status
}

function headerOf(token: string): { alg: string; typ: string; kid: string } {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
}

function b64(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function forge(header: object, signer: (signed: Buffer) => Buffer): string {
  const signed = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(life))}`
  return `${signed}.${signer(Buffer.from(signed)).toString('base64url')}`
}

function keySigner(jwk: PrivateJwk): (signed: Buffer) => Buffer {
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const hash = jwk.kty === 'OKP' ? null : 'sha256'
  return (signed) => sign(hash, signed, { key, dsaEncoding: 'ieee-p1363' })
}
