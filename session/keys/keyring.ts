import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { EpochMs } from '../time'
import { importSecret, type SigningKey } from './signing-key'

/** No token of ours comes near this size: longer ones are refused unread. */
export const MAX_TOKEN_BYTES = 2048
/**
 * The only spelling of a token: base64url without padding (RFC 7515 §2), the last character of its 32 bytes of HMAC or 64
 * of signature without stray bits. A decoder forgives others, and then many texts would be the same token. Not so for
 * ES256, where (r, s) and (r, -s) are both signatures: never tell access tokens apart by their text.
 */
const TOKEN = /^[\w-]+\.[\w-]+\.(?:[\w-]{42}[AEIMQUYcgkosw048]|[\w-]{85}[AQgw])$/

/** What a token is for; it is the JWT's `typ`, checked before anything else (RFC 8725 §3.11). */
export type TokenType = 'at+jwt' | 'rt+jwt' | 'challenge+jwt' | 'internal+jwt' | 'device+jwt'

/** What a signature vouches for. An expired token is still known to be ours. */
export type Verdict<Claims> =
  | { readonly status: 'good' | 'expired'; readonly claims: Claims }
  | { readonly status: 'invalid' }

/** The keys of one kind of token: the first signs, all verify, so that a key can be changed without downtime. */
export interface Keyring {
  sign(type: TokenType, claims: JWTPayload): Promise<string>
  verify(
    type: TokenType,
    token: string,
    now: EpochMs,
    expect?: { issuer?: string; audience: string },
  ): Promise<Verdict<JWTPayload>>
}

/**
 * A keyring of HMAC keys; each secret is imported once. With a `label` the keys are derived from the secrets, so that
 * tokens of different kinds can share a secret and never a key; without one the secrets themselves are the keys.
 */
export async function openKeyring(secrets: readonly string[], label?: string): Promise<Keyring> {
  return createKeyring(await Promise.all(secrets.map((secret) => importSecret(secret, label))))
}

/** A keyring of keys of any algorithm. A token names its key; the key, never the token, says the algorithm. */
export function createKeyring(keys: readonly SigningKey[]): Keyring {
  const [first] = keys
  if (!first) throw new Error('A keyring needs at least one secret or key pair')
  const byKid = new Map(keys.map((key) => [key.kid, key]))

  return {
    sign: (type, claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: first.algorithm, typ: type, kid: first.kid })
        .sign(first.signWith),

    async verify(type, token, now, expect) {
      const key = keyFor(byKid, type, token)
      if (!key) return { status: 'invalid' }
      try {
        const options = {
          algorithms: [key.algorithm],
          typ: type,
          currentDate: new Date(now),
          ...expect,
        }
        const { payload } = await jwtVerify(token, key.verifyWith, options)
        return { status: 'good', claims: payload }
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { status: 'expired', claims: error.payload }
        if (error instanceof errors.JOSEError) return { status: 'invalid' }
        throw error
      }
    },
  }
}

/**
 * The keyring of tokens that a deployment alone reads: each names it as `aud`, and one that names another, or nobody, is
 * none of its own, though the key be shared (RFC 8725 §3.9).
 */
export function keyringFor(audience: string, keyring: Keyring): Keyring {
  return {
    sign: (type, claims) => keyring.sign(type, { ...claims, aud: audience }),
    verify: (type, token, now) => keyring.verify(type, token, now, { audience }),
  }
}

/** The whole second that a token made at `now` carries as `iat`. */
export function issuedSecond(now: EpochMs): number {
  return Math.floor(now / 1000)
}

function keyFor(
  keys: ReadonlyMap<string, SigningKey>,
  type: TokenType,
  token: string,
): SigningKey | null {
  if (token.length > MAX_TOKEN_BYTES || !TOKEN.test(token)) return null
  try {
    const { typ, alg, kid } = decodeProtectedHeader(token)
    if (typ !== type || typeof kid !== 'string') return null
    const key = keys.get(kid)
    return key && key.algorithm === alg ? key : null
  } catch {
    return null
  }
}
