import { type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose'
import type { SigningKey } from './signing-key'

/** The kind of a token, in the `typ` of its header. It is checked before the signature (RFC 8725 §3.11). */
export type TokenType = 'at+jwt' | 'rt+jwt' | 'challenge+jwt' | 'internal+jwt' | 'device+jwt'

/** The claims that a token must have: `iss` and `aud` where they are given, and an `exp` after `currentDate`. */
export type ExpectedClaims = Pick<JWTVerifyOptions, 'issuer' | 'audience' | 'currentDate'>

/** The cryptography of one key, in the JWS compact serialization (RFC 7515 §7.1). */
export interface Signer {
  sign(type: TokenType, claims: JWTPayload): Promise<string> | string
  /**
   * The claims of a token whose header names this key and its algorithm, which the caller has checked.
   * @throws errors.JOSEError of jose if the signature or the claims are wrong; `JWTExpired` only if all else is right.
   */
  verify(token: string, expected: ExpectedClaims): Promise<JWTPayload> | JWTPayload
}

/** Makes the signer of a key. */
export type SignerOf = (key: SigningKey) => Signer

/** Signs with Web Crypto, which there is on the Edge and in Node. */
export const webSigner: SignerOf = ({ kid, algorithm, signWith, verifyWith }) => ({
  sign: (type, claims) =>
    new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: type, kid }).sign(signWith),

  async verify(token, expected) {
    const options = { algorithms: [algorithm], ...expected }
    return (await jwtVerify(token, verifyWith, options)).payload
  },
})
