/** What access tokens can be signed with: a shared secret (RFC 7518 §3.2), Ed25519 (RFC 8037 §3.1) or P-256 (RFC 7518 §3.4). */
export const SIGNING_ALGORITHMS = ['HS256', 'EdDSA', 'ES256'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** A key under its public name, pinned to the one algorithm that it is ever used with (RFC 8725 §3.1). */
export interface SigningKey {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly signWith: CryptoKey
  /** The same key for HMAC, the public half of a pair. */
  readonly verifyWith: CryptoKey
}

/** The secret itself as an HMAC key, or with a `label` one that is derived from it. */
export async function importSecret(secret: string, label?: string): Promise<SigningKey> {
  const own = await hmacKey(utf8(secret))
  const key = label === undefined ? own : await hmacKey(await mac(own, `rekindle ${label}`))
  return { kid: await keyId(key), algorithm: 'HS256', signWith: key, verifyWith: key }
}

/** A public name for a key that tells nothing about it. */
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
