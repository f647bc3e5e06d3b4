import { exportJWK, generateKeyPair } from 'jose'
import { type algorithmOf, type PrivateJwk, privateJwk } from './key-pair'

/** Makes a key pair. Whoever asks keeps it: it is the one place where a private half leaves Web Crypto. */
export async function generateJwk(algorithm: ReturnType<typeof algorithmOf>): Promise<PrivateJwk> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = privateJwk(await exportJWK(privateKey))
  if (!jwk) throw new Error(`This platform makes no keys for ${algorithm}`)
  return jwk
}
