import { errors, type JWTPayload } from 'jose'
import type { EpochMs } from '../time'
import { headerText, type SignerOf, TOKEN_TYPES, type TokenType, webSigner } from './signer'
import { importSecret, type SigningKey } from './signing-key'

/** A longer token is refused before it is decoded. The app's own tokens are far shorter. */
export const MAX_TOKEN_BYTES = 2048
/**
 * A token in canonical base64url (RFC 7515 §2): no padding, and no stray bits in the last character of the 32 bytes of an HMAC or
 * the 64 bytes of a signature. A decoder accepts other spellings too, and then one token would have many texts. For ES256 it
 * still has two, because (r, s) and (r, -s) are both valid: never compare access tokens by their text.
 */
const TOKEN = /^[\w-]+\.[\w-]+\.(?:[\w-]{42}[AEIMQUYcgkosw048]|[\w-]{85}[AQgw])$/

/** The result of verifying a token. An expired token has a good signature, so its claims are known. */
export type Verdict<Claims> =
  | { readonly status: 'good' | 'expired'; readonly claims: Claims }
  | { readonly status: 'invalid' }

/** The keys of one kind of token. The first signs and all verify, so that a key can be changed without downtime. */
export interface Keyring {
  /** Signs the claims with the first key. */
  sign(type: TokenType, claims: JWTPayload): Promise<string>
  /** Checks type, signature and expiry, and `iss` and `aud` where `expect` names them. Invalid tokens do not throw. */
  verify(
    type: TokenType,
    token: string,
    now: EpochMs,
    expect?: { issuer?: string; audience: string },
  ): Promise<Verdict<JWTPayload>>
}

/**
 * Opens a keyring of HMAC keys. With a `label` the keys are derived from the secrets, so that tokens of different kinds can
 * share a secret but never a key. Without one, the secrets themselves are the keys.
 * @throws Error if there is no secret.
 */
export async function openKeyring(
  secrets: readonly string[],
  label?: string,
  signerOf: SignerOf = webSigner,
): Promise<Keyring> {
  const keys = await Promise.all(secrets.map((secret) => importSecret(secret, label)))
  return createKeyring(keys, signerOf)
}

/**
 * Makes a keyring of keys of any algorithm. The header of a token must be, to the letter, one that a key writes: it names a key and
 * the one algorithm of that key (RFC 8725 §3.1), and is never parsed. `signerOf` does the cryptography: Web Crypto, or node:crypto
 * where that is at hand (server/keys/node-signer.ts).
 * @throws Error if there is no key.
 */
export function createKeyring(
  keys: readonly SigningKey[],
  signerOf: SignerOf = webSigner,
): Keyring {
  const signers = keys.map((key) => ({ ...key, ...signerOf(key) }))
  const [first] = signers
  if (!first) throw new Error('A keyring needs at least one secret or key pair')
  const byHeader = new Map(
    TOKEN_TYPES.flatMap((type) =>
      signers.map((signer) => [headerText(type, signer), { type, signer }] as const),
    ),
  )
  const signerFor = (type: TokenType, token: string) => {
    if (token.length > MAX_TOKEN_BYTES || !TOKEN.test(token)) return null
    const known = byHeader.get(token.slice(0, token.indexOf('.')))
    return known?.type === type ? known.signer : null
  }

  return {
    sign: async (type, claims) => first.sign(type, claims),

    async verify(type, token, now, expect) {
      const signer = signerFor(type, token)
      if (!signer) return { status: 'invalid' }
      try {
        const claims = await signer.verify(token, { currentDate: new Date(now), ...expect })
        return { status: 'good', claims }
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { status: 'expired', claims: error.payload }
        if (error instanceof errors.JOSEError) return { status: 'invalid' }
        throw error
      }
    },
  }
}

/**
 * A keyring of tokens for one audience. It sets `aud` on each, and takes a token with another `aud`, or none, for
 * invalid, so that deployments that share a key do not accept each other's tokens (RFC 8725 §3.9).
 */
export function keyringFor(audience: string, keyring: Keyring): Keyring {
  return {
    sign: (type, claims) => keyring.sign(type, { ...claims, aud: audience }),
    verify: (type, token, now) => keyring.verify(type, token, now, { audience }),
  }
}

/** The `iat` of a token that is issued at `now`, in whole seconds. */
export function issuedSecond(now: EpochMs): number {
  return Math.floor(now / 1000)
}
