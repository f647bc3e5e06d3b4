import {
  base64url,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import type { SigningKey } from './signing-key'

/** The kinds of tokens: the `typ` of their headers, which is checked before the signature (RFC 8725 §3.11). */
export const TOKEN_TYPES = [
  'at+jwt',
  'rt+jwt',
  'challenge+jwt',
  'internal+jwt',
  'device+jwt',
] as const
/** One of `TOKEN_TYPES`. */
export type TokenType = (typeof TOKEN_TYPES)[number]

/** The header of every token of this type that the key signs, in base64url: its first part (RFC 7515 §7.1). */
export function headerText(type: TokenType, key: Pick<SigningKey, 'algorithm' | 'kid'>): string {
  return base64url.encode(JSON.stringify(headerOf(type, key)))
}

function headerOf(typ: TokenType, { algorithm: alg, kid }: Pick<SigningKey, 'algorithm' | 'kid'>) {
  return { alg, typ, kid }
}

/** The claims that a token must have: `iss` and `aud` where they are given, and an `exp` after `currentDate`. */
export type ExpectedClaims = Pick<JWTVerifyOptions, 'issuer' | 'audience' | 'currentDate'>

/** The cryptography of one key, in the JWS compact serialization (RFC 7515 §7.1). */
export interface Signer {
  sign(type: TokenType, claims: JWTPayload): Promise<string> | string
  /**
   * The claims of a token whose header is the one that this key writes, which the caller has checked.
   * @throws errors.JOSEError of jose if the signature or the claims are wrong; `JWTExpired` only if all else is right.
   */
  verify(token: string, expected: ExpectedClaims): Promise<JWTPayload> | JWTPayload
}

/** The header of an unsecured token (RFC 7519 §6.1), in base64url. */
const UNSECURED_HEADER = base64url.encode('{"alg":"none"}')

/**
 * The claims of a token whose signature is known to be right. jose parses and validates them, as those of an unsecured token.
 * @throws errors.JOSEError as `Signer.verify` does.
 */
export function claimsOfVerified(token: string, expected: ExpectedClaims): JWTPayload {
  const payload = token.slice(token.indexOf('.') + 1, token.lastIndexOf('.'))
  return UnsecuredJWT.decode(`${UNSECURED_HEADER}.${payload}.`, expected).payload
}

/** Makes the signer of a key. */
export type SignerOf = (key: SigningKey) => Signer

/** Signs with Web Crypto, which there is on the Edge and in Node. */
export const webSigner: SignerOf = (key) => ({
  sign: (type, claims) =>
    new SignJWT(claims).setProtectedHeader(headerOf(type, key)).sign(key.signWith),

  async verify(token, expected) {
    const options = { algorithms: [key.algorithm], ...expected }
    return (await jwtVerify(token, key.verifyWith, options)).payload
  },
})
