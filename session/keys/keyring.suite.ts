import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  issuedSecond,
  type Keyring,
  keyringFor,
  MAX_TOKEN_BYTES,
  openKeyring as open,
} from './keyring'
import type { SignerOf, TokenType } from './signer'

const NOW = 1_800_000_000_000
const SECRET = 'the-first-secret-of-the-test-0123456789'
const OTHER = 'another-secret-of-the-test-0123456789ab'
const RESERVED = new Set(['iat', 'exp', 'nbf', 'iss', 'aud', 'sub', 'jti'])
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
const TYPES: TokenType[] = ['at+jwt', 'rt+jwt', 'challenge+jwt', 'internal+jwt', 'device+jwt']

/** A signer that counts, and `counted`, which returns the count of the signatures that are verified from then on. */
export function countVerified(signerOf: SignerOf) {
  const verified = { count: 0 }
  const counting: SignerOf = (key) => {
    const signer = signerOf(key)
    return {
      ...signer,
      verify(token, expected) {
        verified.count += 1
        return signer.verify(token, expected)
      },
    }
  }
  return { counting, counted: () => Object.assign(verified, { count: 0 }) }
}

/** What holds for a keyring with any signer. `name` says which cryptography it has. */
export function keyringSuite(name: string, signerOf: SignerOf): void {
  describe(`with ${name}`, async () => {
    const { counting, counted } = countVerified(signerOf)
    const openKeyring = (secrets: readonly string[], label?: string) =>
      open(secrets, label, counting)

    const keyring = await openKeyring([SECRET])
    const life = { iat: issuedSecond(NOW), exp: issuedSecond(NOW) + 60 }
    const good = await keyring.sign('rt+jwt', { sub: 'user', ...life })
    const { kid } = headerOf(good)

    describe('a signed token', () => {
      it('carries any claims, and is good for its own type only', async () => {
        const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer())
        const names = fc.stringMatching(/^[a-z_]{1,12}$/).filter((name) => !RESERVED.has(name))
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom(...TYPES),
            fc.dictionary(names, value, { maxKeys: 6, noNullPrototype: true }),
            async (type, claims) => {
              const token = await keyring.sign(type, { ...claims, ...life })
              const verdict = await keyring.verify(type, token, NOW)
              expect(verdict).toEqual({ status: 'good', claims: { ...claims, ...life } })
              const others = TYPES.filter((other) => other !== type)
              const verdicts = await Promise.all(others.map((t) => keyring.verify(t, token, NOW)))
              expect(new Set(verdicts.map(({ status }) => status))).toEqual(new Set(['invalid']))
            },
          ),
          { numRuns: 60 },
        )
      })

      it('is invalid after the change of any one character', async () => {
        const anything = fc.constantFrom(
          ...ALPHABET,
          '.',
          '=',
          '+',
          '/',
          ' ',
          '\n',
          '\u00e9',
          '\u2028',
        )
        await fc.assert(
          fc.asyncProperty(fc.nat(good.length - 1), anything, async (at, character) => {
            fc.pre(good[at] !== character)
            const changed = good.slice(0, at) + character + good.slice(at + 1)
            expect(await keyring.verify('rt+jwt', changed, NOW)).toEqual({ status: 'invalid' })
          }),
          { numRuns: 500 },
        )
      })

      it('has no second spelling by the stray bits of its last character', async () => {
        for (const character of ALPHABET) {
          const respelled = good.slice(0, -1) + character
          if (respelled === good) continue
          expect(await keyring.verify('rt+jwt', respelled, NOW)).toEqual({ status: 'invalid' })
        }
      })

      it.each([
        ['padding', `${good}=`],
        ['a space at the end', `${good} `],
        ['a line break in the signature', `${good.slice(0, -5)}\n${good.slice(-5)}`],
        ['a space in front', ` ${good}`],
        ['a fourth part', `${good}.AAAA`],
        ['no signature', good.slice(0, good.lastIndexOf('.') + 1)],
        ['two parts', good.slice(0, good.lastIndexOf('.'))],
        ['nothing', ''],
        ['a text that is not a token', 'undefined'],
        [
          'a header that is not an object',
          `${b64('"at+jwt"')}.${good.split('.')[1]}.${good.split('.')[2]}`,
        ],
        ['a header that is null', `${b64('null')}.${good.split('.')[1]}.${good.split('.')[2]}`],
      ])('is invalid with %s', async (_, token) => {
        expect(await keyring.verify('rt+jwt', token, NOW)).toEqual({ status: 'invalid' })
      })

      it('never makes verify throw, whatever text is presented', async () => {
        const tokenlike = fc.stringMatching(/^[\w-]{1,60}\.[\w-]{1,60}\.[\w-]{43}$/)
        const unit = fc.integer({ min: 0, max: 0xffff })
        const codeUnits = fc.array(unit, { maxLength: 200 }).map((u) => String.fromCharCode(...u))
        const text = fc.oneof(codeUnits, tokenlike)
        await fc.assert(
          fc.asyncProperty(text, async (token) => {
            expect(await keyring.verify('rt+jwt', token, NOW)).toEqual({ status: 'invalid' })
          }),
        )
      })
    })

    describe('the header of a token', () => {
      const claims = { sub: 'user', ...life }

      it('is accepted as the keyring writes it (the forger of these tests can sign)', async () => {
        const token = forge({ alg: 'HS256', typ: 'rt+jwt', kid }, claims)
        expect(await keyring.verify('rt+jwt', token, NOW)).toEqual({ status: 'good', claims })
      })

      it.each([
        ['alg none', { alg: 'none', typ: 'rt+jwt', kid }],
        ['alg None', { alg: 'None', typ: 'rt+jwt', kid }],
        ['alg HS384', { alg: 'HS384', typ: 'rt+jwt', kid }],
        ['alg HS512', { alg: 'HS512', typ: 'rt+jwt', kid }],
        ['alg RS256', { alg: 'RS256', typ: 'rt+jwt', kid }],
        ['no alg', { typ: 'rt+jwt', kid }],
        ['a list of algs', { alg: ['HS256'], typ: 'rt+jwt', kid }],
        ['another typ', { alg: 'HS256', typ: 'at+jwt', kid }],
        ['typ JWT', { alg: 'HS256', typ: 'JWT', kid }],
        ['typ in capitals', { alg: 'HS256', typ: 'RT+JWT', kid }],
        ['typ with a media type', { alg: 'HS256', typ: 'application/rt+jwt', kid }],
        ['no typ', { alg: 'HS256', kid }],
        ['no kid', { alg: 'HS256', typ: 'rt+jwt' }],
        ['an unknown kid', { alg: 'HS256', typ: 'rt+jwt', kid: '000000000000' }],
        ['an empty kid', { alg: 'HS256', typ: 'rt+jwt', kid: '' }],
        ['a kid that is a path', { alg: 'HS256', typ: 'rt+jwt', kid: '../../../../dev/null' }],
        ['a kid that is SQL', { alg: 'HS256', typ: 'rt+jwt', kid: "' OR 1=1 --" }],
        ['the kid __proto__', { alg: 'HS256', typ: 'rt+jwt', kid: '__proto__' }],
        ['the kid constructor', { alg: 'HS256', typ: 'rt+jwt', kid: 'constructor' }],
        ['a numeric kid', { alg: 'HS256', typ: 'rt+jwt', kid: 0 }],
        ['a list of kids', { alg: 'HS256', typ: 'rt+jwt', kid: [kid] }],
        ['a critical extension', { alg: 'HS256', typ: 'rt+jwt', kid, crit: ['exp'], exp: 1 }],
        ['its members in another order', { typ: 'rt+jwt', alg: 'HS256', kid }],
        ['one member more', { alg: 'HS256', typ: 'rt+jwt', kid, cty: 'JWT' }],
        ['an unencoded payload', { alg: 'HS256', typ: 'rt+jwt', kid, crit: ['b64'], b64: false }],
      ])('makes a well-signed token invalid with %s', async (_, header) => {
        const token = forge(header, claims)
        expect(await keyring.verify('rt+jwt', token, NOW)).toEqual({ status: 'invalid' })
      })

      it.each([['sha384'], ['sha512']])('does not choose its algorithm: %s', async (hash) => {
        const alg = hash.replace('sha', 'HS')
        for (const named of [alg, 'HS256']) {
          const token = forge({ alg: named, typ: 'rt+jwt', kid }, claims, { hash })
          expect(await keyring.verify('rt+jwt', token, NOW)).toEqual({ status: 'invalid' })
        }
      })

      it('does not bring its own key', async () => {
        const jwk = { kty: 'oct', k: b64(OTHER) }
        const header = { alg: 'HS256', typ: 'rt+jwt', kid, jwk, jku: 'https://evil.example/keys' }
        const token = forge(header, claims, { secret: OTHER })
        expect(await keyring.verify('rt+jwt', token, NOW)).toEqual({ status: 'invalid' })
      })

      it('is checked before the signature: a wrong typ, alg or kid costs no cryptography', async () => {
        const verify = counted()
        await keyring.verify('at+jwt', good, NOW)
        await keyring.verify('rt+jwt', forge({ alg: 'HS512', typ: 'rt+jwt', kid }, claims), NOW)
        await keyring.verify(
          'rt+jwt',
          forge({ alg: 'HS256', typ: 'rt+jwt', kid: 'x' }, claims),
          NOW,
        )
        await keyring.verify('rt+jwt', 'a'.repeat(1_000_000), NOW)
        expect(verify.count).toBe(0)
        await keyring.verify('rt+jwt', good, NOW)
        expect(verify.count).toBe(1)
      })

      it('is not read if the token is longer than 2 KB, however well signed', async () => {
        const sign = (length: number) =>
          keyring.sign('rt+jwt', { pad: 'x'.repeat(length), ...life })
        const base = (await sign(0)).length
        const longest = await sign(Math.floor(((MAX_TOKEN_BYTES - base) * 3) / 4))
        const tooLong = await sign(Math.floor(((MAX_TOKEN_BYTES - base) * 3) / 4) + 3)
        expect(longest.length).toBeLessThanOrEqual(MAX_TOKEN_BYTES)
        expect(tooLong.length).toBeGreaterThan(MAX_TOKEN_BYTES)
        expect((await keyring.verify('rt+jwt', longest, NOW)).status).toBe('good')
        const verify = counted()
        expect(await keyring.verify('rt+jwt', tooLong, NOW)).toEqual({ status: 'invalid' })
        expect(verify.count).toBe(0)
      })
    })

    describe('a token past its expiry', () => {
      it('is good until its last second, then expired, and its claims are still known', async () => {
        const claims = { sub: 'user', ...life }
        const end = life.exp * 1000
        expect((await keyring.verify('rt+jwt', good, end - 1)).status).toBe('good')
        expect(await keyring.verify('rt+jwt', good, end)).toEqual({ status: 'expired', claims })
        expect(await keyring.verify('rt+jwt', good, end * 2)).toEqual({ status: 'expired', claims })
      })

      it('is invalid, not expired, if another key signed it', async () => {
        const later = (life.exp + 1) * 1000
        const forged = forge({ alg: 'HS256', typ: 'rt+jwt', kid }, life, { secret: OTHER })
        expect(await keyring.verify('rt+jwt', forged, later)).toEqual({ status: 'invalid' })
        const last = good.slice(-8, -7) === 'A' ? 'B' : 'A'
        const changed = good.slice(0, -8) + last + good.slice(-7)
        expect(await keyring.verify('rt+jwt', changed, later)).toEqual({ status: 'invalid' })
      })

      it('is invalid, not expired, if it was meant for somebody else', async () => {
        const expected = { issuer: 'https://app.example', audience: 'https://api.example' }
        const meant = { iss: expected.issuer, aud: expected.audience, ...life }
        for (const now of [NOW, (life.exp + 1) * 1000]) {
          const status = now === NOW ? 'good' : 'expired'
          const token = await keyring.sign('at+jwt', meant)
          expect((await keyring.verify('at+jwt', token, now, expected)).status).toBe(status)
          for (const wrong of [
            { ...meant, iss: 'https://app.example.evil' },
            { ...meant, aud: 'https://app.example' },
            { ...life, aud: expected.audience },
            { ...life, iss: expected.issuer },
            { ...meant, iss: '' },
          ]) {
            const stray = await keyring.sign('at+jwt', wrong)
            expect(await keyring.verify('at+jwt', stray, now, expected)).toEqual({
              status: 'invalid',
            })
          }
        }
      })
    })

    describe('a keyring for an audience', () => {
      it('accepts tokens that name that audience, and none that name another or none, though one key signed them all', async () => {
        const shared = await openKeyring([SECRET])
        const [ours, theirs] = ['https://app.example', 'https://staging.example'].map((audience) =>
          keyringFor(audience, shared),
        ) as [Keyring, Keyring]
        const kinds = ['rt+jwt', 'challenge+jwt', 'internal+jwt', 'device+jwt'] as const
        for (const kind of kinds) {
          const own = await ours.sign(kind, { ...life, aud: 'https://staging.example' })
          expect(await ours.verify(kind, own, NOW)).toMatchObject({
            status: 'good',
            claims: { aud: 'https://app.example' },
          })
          expect(await theirs.verify(kind, own, NOW)).toEqual({ status: 'invalid' })
          expect(await theirs.verify(kind, own, NOW + 120_000)).toEqual({ status: 'invalid' })
          const unnamed = await shared.sign(kind, life)
          expect(await ours.verify(kind, unnamed, NOW)).toEqual({ status: 'invalid' })
        }
      })
    })

    describe('several secrets', () => {
      it('all verify and the first signs, so that a secret can be changed without downtime', async () => {
        const before = await openKeyring([SECRET])
        const during = await openKeyring([OTHER, SECRET])
        const after = await openKeyring([OTHER])
        const old = await before.sign('rt+jwt', life)
        const fresh = await during.sign('rt+jwt', life)
        expect((await during.verify('rt+jwt', old, NOW)).status).toBe('good')
        expect((await during.verify('rt+jwt', fresh, NOW)).status).toBe('good')
        expect((await after.verify('rt+jwt', fresh, NOW)).status).toBe('good')
        expect((await after.verify('rt+jwt', old, NOW)).status).toBe('invalid')
        expect((await before.verify('rt+jwt', fresh, NOW)).status).toBe('invalid')
      })

      it('do not sign for one another: the kid of one over a signature of the other is invalid', async () => {
        const both = await openKeyring([OTHER, SECRET])
        const crossed = forge({ alg: 'HS256', typ: 'rt+jwt', kid }, life, { secret: OTHER })
        expect(await both.verify('rt+jwt', crossed, NOW)).toEqual({ status: 'invalid' })
      })

      it('are required: there is no keyring without one', async () => {
        await expect(openKeyring([])).rejects.toThrow('at least one secret')
      })
    })

    describe('keys of different labels', () => {
      it('never verify the tokens of one another, nor of the secret itself', async () => {
        const labels = [undefined, 'challenge', 'internal', 'device']
        const rings = await Promise.all(labels.map((label) => openKeyring([SECRET], label)))
        for (const signer of rings) {
          const token = await signer.sign('rt+jwt', life)
          for (const verifier of rings) {
            const { status } = await verifier.verify('rt+jwt', token, NOW)
            expect(status).toBe(verifier === signer ? 'good' : 'invalid')
          }
        }
      })

      it('never verify the tokens of one another, even if the kid is made to fit', async () => {
        const labelled = await openKeyring([SECRET], 'internal')
        const fitting = headerOf(await labelled.sign('internal+jwt', life)).kid
        const token = forge({ alg: 'HS256', typ: 'internal+jwt', kid: fitting }, life)
        expect(await labelled.verify('internal+jwt', token, NOW)).toEqual({ status: 'invalid' })
      })

      it('have names that reveal nothing of the secret and stay the same across restarts', async () => {
        const again = headerOf(await (await openKeyring([SECRET])).sign('rt+jwt', life)).kid
        const labelled = headerOf(
          await (await openKeyring([SECRET], 'device')).sign('rt+jwt', life),
        ).kid
        expect(again).toBe(kid)
        expect(labelled).not.toBe(kid)
        expect(kid).toMatch(/^[0-9a-f]{12}$/)
      })
    })
  })
}

function headerOf(token: string): { kid: string } {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
}

function b64(text: string): string {
  return Buffer.from(text).toString('base64url')
}

/** A token with any header, signed with any secret. */
function forge(
  header: object,
  claims: object,
  { secret = SECRET, hash = 'sha256' }: { secret?: string; hash?: string } = {},
): string {
  const signed = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(claims))}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}
