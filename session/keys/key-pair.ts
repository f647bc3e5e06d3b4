import { calculateJwkThumbprint, importJWK } from 'jose'
import type { PrivateJwk, SigningAlgorithm, SigningKey } from './signing-key'

export type { PrivateJwk } from './signing-key'

/** A key pair cannot be imported. The message says which one, and reveals nothing of the key. */
export class KeyPairError extends Error {
  override readonly name = 'KeyPairError'
}

/** 32 bytes in canonical base64url. With one spelling, a key has one thumbprint. */
const MEMBER = /^[\w-]{42}[AEIMQUYcgkosw048]$/

/** The entries of a JWK Set (RFC 7517 §5), of an array of JWKs, or of a single JWK. Null if the text is none of these. */
export function parseKeySet(text: string): unknown[] | null {
  const value = parseJson(text)
  if (Array.isArray(value)) return value
  if (!isObject(value)) return null
  if (Array.isArray(value.keys)) return value.keys
  return 'kty' in value ? [value] : null
}

/** The entry as a private JWK, or null if it is public, on another curve, or not meant for signing. */
export function privateJwk(entry: unknown): PrivateJwk | null {
  if (!isObject(entry)) return null
  const { kty, crv, x, y, d, alg, use = 'sig' } = entry
  if (!isMember(x) || !isMember(d) || use !== 'sig') return null
  if (kty === 'OKP' && crv === 'Ed25519' && isOneOf(alg, ['EdDSA', 'Ed25519'])) {
    return { kty, crv, x, d }
  }
  if (kty === 'EC' && crv === 'P-256' && isOneOf(alg, ['ES256']) && isMember(y)) {
    return { kty, crv, x, y, d }
  }
  return null
}

/** The private JWKs of a text, in order. Other entries are left out. */
export function readKeyPairs(text: string | undefined): PrivateJwk[] {
  return (parseKeySet(text ?? '') ?? []).flatMap((entry) => privateJwk(entry) ?? [])
}

/** The algorithm of a pair, which follows from its curve. */
export function algorithmOf({ crv }: Pick<PrivateJwk, 'crv'>): Exclude<SigningAlgorithm, 'HS256'> {
  return crv === 'Ed25519' ? 'EdDSA' : 'ES256'
}

/** The public name of a pair: the thumbprint of its public half (RFC 7638 §3). */
export function thumbprint(jwk: PrivateJwk): Promise<string> {
  return calculateJwkThumbprint(publicHalf(jwk))
}

/** The members that may be published. They are picked, not omitted, so that an unknown member stays private. */
export function publicHalf(jwk: PrivateJwk) {
  const { crv, x } = jwk
  return jwk.kty === 'OKP' ? { kty: jwk.kty, crv, x } : { kty: jwk.kty, crv, x, y: jwk.y }
}

/**
 * Imports both halves of each pair.
 * @throws KeyPairError if a pair is corrupt, or its halves do not belong together.
 */
export function importKeyPairs(jwks: readonly PrivateJwk[]): Promise<SigningKey[]> {
  const imported = jwks.map(async (jwk, index) => {
    const algorithm = algorithmOf(jwk)
    const [kid, signWith, verifyWith] = await Promise.all([
      thumbprint(jwk),
      importJWK(jwk, algorithm),
      importJWK(publicHalf(jwk), algorithm),
    ]).catch((cause) => {
      throw new KeyPairError(`key ${index + 1} cannot be imported`, { cause })
    })
    // jose returns bytes for an `oct` JWK only.
    const keys = { signWith: signWith as CryptoKey, verifyWith: verifyWith as CryptoKey }
    return { kid, algorithm, ...keys, source: jwk }
  })
  return Promise.all(imported)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's error would quote the text, which may hold a private key.
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isMember(value: unknown): value is string {
  return typeof value === 'string' && MEMBER.test(value)
}

function isOneOf(alg: unknown, expected: readonly string[]): boolean {
  return alg === undefined || (typeof alg === 'string' && expected.includes(alg))
}
