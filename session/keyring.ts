import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { EpochMs } from './store'

/** No token of ours comes near this size: longer ones are refused unread. */
export const MAX_TOKEN_BYTES = 2048
const ALGORITHM = 'HS256'
/**
 * The only spelling of a token: base64url without padding (RFC 7515 §2), its last character without stray bits.
 * A decoder forgives others, and then many texts would be the same token.
 */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/

/** What a token is for; it is the JWT's `typ`, checked before anything else (RFC 8725 §3.11). */
export type TokenType = 'at+jwt' | 'rt+jwt' | 'challenge+jwt' | 'internal+jwt' | 'device+jwt'

/** What a signature vouches for. An expired token is still known to be ours. */
export type Verdict<Claims> =
  | { readonly status: 'good' | 'expired'; readonly claims: Claims }
  | { readonly status: 'invalid' }

/** The keys of one kind of token: the first signs, all verify, so that a secret can be changed without downtime. */
export interface Keyring {
  sign(type: TokenType, claims: JWTPayload): Promise<string>
  verify(
    type: TokenType,
    token: string,
    now: EpochMs,
    expect?: { issuer: string; audience: string },
  ): Promise<Verdict<JWTPayload>>
}

/**
 * Imports each secret once. With a `label` the keys are derived from the secrets, so that tokens of different kinds
 * can share a secret and never a key; without one the secrets themselves are the keys.
 */
export async function openKeyring(secrets: readonly string[], label?: string): Promise<Keyring> {
  const keys = new Map<string, CryptoKey>()
  for (const secret of secrets) {
    const key = label === undefined ? await hmacKey(utf8(secret)) : await derive(secret, label)
    keys.set(await keyId(key), key)
  }
  const [first] = keys
  if (!first) throw new Error('A keyring needs at least one secret')
  const [signingKid, signingKey] = first

  return {
    sign: (type, claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: type, kid: signingKid })
        .sign(signingKey),

    async verify(type, token, now, expect) {
      const key = keyFor(keys, type, token)
      if (!key) return { status: 'invalid' }
      try {
        const options = {
          algorithms: [ALGORITHM],
          typ: type,
          currentDate: new Date(now),
          ...expect,
        }
        const { payload } = await jwtVerify(token, key, options)
        return { status: 'good', claims: payload }
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { status: 'expired', claims: error.payload }
        if (error instanceof errors.JOSEError) return { status: 'invalid' }
        throw error
      }
    },
  }
}

/** The whole second that a token made at `now` carries as `iat`. */
export function issuedSecond(now: EpochMs): number {
  return Math.floor(now / 1000)
}

function keyFor(keys: Map<string, CryptoKey>, type: TokenType, token: string): CryptoKey | null {
  if (token.length > MAX_TOKEN_BYTES || !TOKEN.test(token)) return null
  try {
    const header = decodeProtectedHeader(token)
    if (header.typ !== type || header.alg !== ALGORITHM) return null
    return typeof header.kid === 'string' ? (keys.get(header.kid) ?? null) : null
  } catch {
    return null
  }
}

async function derive(secret: string, label: string): Promise<CryptoKey> {
  const parent = await hmacKey(utf8(secret))
  return hmacKey(await crypto.subtle.sign('HMAC', parent, utf8(`rekindle ${label}`)))
}

/** A public name for a key that tells nothing about it. */
async function keyId(key: CryptoKey): Promise<string> {
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8('rekindle key id')))
  return Array.from(mac.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function hmacKey(bytes: BufferSource): Promise<CryptoKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
