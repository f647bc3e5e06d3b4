import 'server-only'
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { errors } from 'jose'
import { claimsOfVerified, headerText, type SignerOf, TOKEN_TYPES } from '@/session/keys/signer'
import type { SigningAlgorithm, SigningKey } from '@/session/keys/signing-key'

/**
 * Signs with node:crypto, synchronously, in a fifth of the time of Web Crypto, which queues a job for each operation. jose still
 * parses and validates the claims, once the signature was verified.
 */
export const nodeSigner: SignerOf = ({ kid, algorithm, source }) => {
  const keys = keyObjects(source)
  const headers = new Map(TOKEN_TYPES.map((type) => [type, headerText(type, { kid, algorithm })]))

  return {
    sign(type, claims) {
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
      const signed = `${headers.get(type)}.${payload}`
      return `${signed}.${signatureOf(algorithm, keys.signWith, signed).toString('base64url')}`
    },

    verify(token, expected) {
      const end = token.lastIndexOf('.')
      const signed = token.slice(0, end)
      const signature = Buffer.from(token.slice(end + 1), 'base64url')
      if (!isSignature(algorithm, keys.verifyWith, signed, signature)) {
        throw new errors.JWSSignatureVerificationFailed()
      }
      return claimsOfVerified(token, expected)
    },
  }
}

function keyObjects(source: SigningKey['source']) {
  if (source instanceof Uint8Array) {
    const secret = createSecretKey(source)
    return { signWith: secret, verifyWith: secret }
  }
  const signWith = createPrivateKey({ key: source, format: 'jwk' })
  return { signWith, verifyWith: createPublicKey(signWith) }
}

function signatureOf(algorithm: SigningAlgorithm, key: KeyObject, signed: string): Buffer {
  switch (algorithm) {
    case 'HS256':
      return createHmac('sha256', key).update(signed).digest()
    case 'EdDSA':
      return sign(null, Buffer.from(signed), key)
    case 'ES256':
      return sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  }
}

function isSignature(
  algorithm: SigningAlgorithm,
  key: KeyObject,
  signed: string,
  signature: Buffer,
): boolean {
  switch (algorithm) {
    case 'HS256': {
      const expected = signatureOf(algorithm, key, signed)
      return signature.length === expected.length && timingSafeEqual(signature, expected)
    }
    case 'EdDSA':
      return verify(null, Buffer.from(signed), key, signature)
    case 'ES256':
      return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
}
