import { exportJWK, generateKeyPair } from 'jose'
import { type algorithmOf, type PrivateJwk, privateJwk } from './key-pair'

/**
 * Makes a key pair and returns its private JWK. This is the only place where a private key leaves Web Crypto, and nothing here
 * stores it.
 * @throws Error if the platform cannot make keys for the algorithm.
 */
export async function generateJwk(algorithm: ReturnType<typeof algorithmOf>): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = privateJwk(await exportJWK(privateKey))
  if (!jwk) throw new Error(`This platform makes no keys for ${algorithm}`)
  return jwk
}
