/** The algorithms for access tokens: HMAC with a shared secret (RFC 7518 §3.2), Ed25519 (RFC 8037 §3.1), P-256 (RFC 7518 §3.4). */
export const SIGNING_ALGORITHMS = ['HS256', 'EdDSA', 'ES256'] as const
/** One of `SIGNING_ALGORITHMS`, as the `alg` of a JWT names it. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** A private JWK that signs (RFC 8037 §2, RFC 7518 §6.2), with the members of the key and no others. */
export type PrivateJwk = (
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519' }
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly y: string }
) & { readonly x: string; readonly d: string }

/** A key, its public name and the one algorithm with which it may be used (RFC 8725 §3.1). */
export interface SigningKey {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly signWith: CryptoKey
  /** For HMAC the key of `signWith`, for a key pair the public half. */
  readonly verifyWith: CryptoKey
  /** What both were imported from: the bytes of a secret, or a private JWK. */
  readonly source: Uint8Array<ArrayBuffer> | PrivateJwk
}

/** Imports a secret as an HMAC key. With a `label`, imports a key that is derived from the secret instead. */
export async function importSecret(secret: string, label?: string): Promise<SigningKey> {
  const own = utf8(secret)
  const source =
    label === undefined ? own : new Uint8Array(await mac(await hmacKey(own), `rekindle ${label}`))
  const key = await hmacKey(source)
  return { kid: await keyId(key), algorithm: 'HS256', signWith: key, verifyWith: key, source }
}

/** The public name of a key. It reveals nothing of the key. */
async function keyId(key: CryptoKey): Promise<string> {
  const bytes = new Uint8Array(await mac(key, 'rekindle key id')).subarray(0, 6)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function mac(key: CryptoKey, text: string): Promise<ArrayBuffer> {
  return crypto.subtle.sign('HMAC', key, utf8(text))
}

function hmacKey(bytes: BufferSource): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
