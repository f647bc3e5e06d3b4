import fc from 'fast-check'
import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { generateJwk } from './key-generation'
import {
  algorithmOf,
  importKeyPairs,
  KeyPairError,
  type PrivateJwk,
  parseKeySet,
  privateJwk,
  publicHalf,
  readKeyPairs,
  thumbprint,
} from './key-pair'
import { publicKeySet } from './public-keys'

const ed = await generateJwk('EdDSA')
const ec = await generateJwk('ES256')
const otherEd = await generateJwk('EdDSA')
const otherEc = await generateJwk('ES256')

describe('a set of private keys', () => {
  it.each<[string, unknown, PrivateJwk[]]>([
    ['a JWK Set', { keys: [ed, ec] }, [ed, ec]],
    ['an array', [ec, ed], [ec, ed]],
    ['one JWK', ed, [ed]],
    ['an empty set', { keys: [] }, []],
    ['an empty array', [], []],
  ])('is read from %s', (_, value, keys) => {
    expect(parseKeySet(JSON.stringify(value))).toEqual(keys)
    expect(readKeyPairs(JSON.stringify(value))).toEqual(keys)
  })

  it.each([
    ...['', 'null', '1', '"text"', '{}', '{"keys":{}}', '{"keys":', `${JSON.stringify(ed)},`],
    `'${JSON.stringify(ed)}'`,
  ])('is none in %s', (text) => {
    expect(parseKeySet(text)).toBeNull()
    expect(readKeyPairs(text)).toEqual([])
  })

  it('never throws, and holds nothing but private keys, whatever JSON it is read from', () => {
    const entry = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(ed, ec, publicHalf(ed)))
    const value = fc.oneof(entry, fc.array(entry), fc.record({ keys: fc.array(entry) }))
    fc.assert(
      fc.property(value, (given) => {
        for (const jwk of readKeyPairs(JSON.stringify(given))) expect([ed, ec]).toContainEqual(jwk)
      }),
    )
  })
})

describe('an entry', () => {
  it.each<[string, object, PrivateJwk]>([
    ['says its algorithm', { ...ed, alg: 'EdDSA' }, ed],
    ['says its algorithm by its newer name (RFC 9864)', { ...ed, alg: 'Ed25519' }, ed],
    ['says that it signs', { ...ec, alg: 'ES256', use: 'sig' }, ec],
    ['is as Web Crypto exports it', { ...ec, key_ops: ['sign'], ext: true }, ec],
    ['bears a name of its own', { ...ed, kid: 'mine' }, ed],
  ])('is a private key that %s, and nothing else of it is kept', (_, entry, jwk) => {
    expect(privateJwk(entry)).toEqual(jwk)
  })

  it.each<[string, unknown]>([
    ['a public key', publicHalf(ed)],
    ['a public key on P-256', publicHalf(ec)],
    ['a secret', { kty: 'oct', k: ed.d }],
    ['a secret with the members of a pair', { ...ed, kty: 'oct', k: ed.d }],
    ['RSA', { kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'AQAB' }],
    ['X25519', { ...ed, crv: 'X25519' }],
    ['P-384', { ...ec, crv: 'P-384' }],
    ['secp256k1', { ...ec, crv: 'secp256k1' }],
    ['the curve of another type', { ...ed, kty: 'EC' }],
    ['a point without y', { ...ec, y: undefined }],
    ['for encryption', { ...ec, use: 'enc' }],
    ['for key agreement', { ...ec, alg: 'ECDH-ES' }],
    ['for the other algorithm', { ...ed, alg: 'ES256' }],
    ['for a list of algorithms', { ...ed, alg: ['EdDSA'] }],
    ['too short', { ...ed, d: ed.d.slice(1) }],
    ['too long', { ...ed, d: `${ed.d}A` }],
    ['padded', { ...ed, x: `${ed.x}=` }],
    ['spelled with stray bits', { ...ed, x: `${ed.x.slice(0, -1)}B` }],
    ['a number', 7],
    ['null', null],
    ['a list', [ed]],
  ])('is no key where it is %s', (_, entry) => {
    expect(privateJwk(entry)).toBeNull()
  })
})

describe('a key pair', () => {
  it('is pinned to the algorithm of its curve, and named by the thumbprint of its public half', async () => {
    const [edKey, ecKey] = await importKeyPairs([ed, ec])
    expect(edKey).toMatchObject({ algorithm: 'EdDSA', kid: await calculateJwkThumbprint(ed) })
    expect(ecKey).toMatchObject({ algorithm: 'ES256', kid: await calculateJwkThumbprint(ec) })
    expect(edKey?.signWith).toMatchObject({ type: 'private', extractable: false })
    expect(edKey?.verifyWith).toMatchObject({ type: 'public', usages: ['verify'] })
    expect([algorithmOf(ed), algorithmOf(ec)]).toEqual(['EdDSA', 'ES256'])
  })

  it('has the thumbprint that RFC 8037 A.3 gives for its example', async () => {
    const example: PrivateJwk = {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    }
    expect(await thumbprint(example)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
    expect(await importKeyPairs([example])).toHaveLength(1)
  })

  it.each<[string, PrivateJwk]>([
    ['the private half of another Ed25519 pair', { ...ed, d: otherEd.d }],
    ['the private half of another P-256 pair', { ...ec, d: otherEc.d }],
    ['the public half of another pair', { ...ec, x: otherEc.x }],
    ['a point that is not on the curve', { ...ec, x: 'A'.repeat(43) }],
    ['a private half of nothing', { ...ec, d: 'A'.repeat(43) }],
  ])('is not imported with %s, and the complaint tells its place only', async (_, corrupt) => {
    const error = await importKeyPairs([otherEd, corrupt]).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(KeyPairError)
    expect(error.message).toBe('key 2 cannot be imported')
    for (const member of ['x', 'd'] as const) {
      expect(String(error.cause)).not.toContain(corrupt[member])
    }
  })
})

describe('the published set', () => {
  it('holds only the public halves, each under its name', async () => {
    const { keys } = await publicKeySet([ed, ec])
    const { d: _, ...edPublic } = ed
    const { d: __, ...ecPublic } = ec
    expect(keys).toEqual([
      { ...edPublic, kid: await thumbprint(ed), alg: 'EdDSA', use: 'sig' },
      { ...ecPublic, kid: await thumbprint(ec), alg: 'ES256', use: 'sig' },
    ])
  })

  it('has no private member, not even an unknown one', async () => {
    const strange = { ...ec, k: 'secret', p: 'secret', priv: 'secret' }
    const text = JSON.stringify(await publicKeySet([ed, strange]))
    for (const secret of [ed.d, ec.d, 'secret', '"d"']) expect(text).not.toContain(secret)
  })

  it('is empty without pairs', async () => {
    expect(await publicKeySet([])).toEqual({ keys: [] })
  })
})
