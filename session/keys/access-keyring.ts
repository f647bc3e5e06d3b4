import { importKeyPairs, type PrivateJwk } from './key-pair'
import { createKeyring, type Keyring } from './keyring'
import { knowingSignatures } from './known-signatures'
import { type SignerOf, webSigner } from './signer'
import { importSecret, type SigningAlgorithm } from './signing-key'

/** The keys with which access tokens are signed and verified. */
export interface AccessKeys {
  /** The algorithm of new tokens. The first secret signs for HS256, else the first pair. */
  readonly algorithm: SigningAlgorithm
  readonly keyPairs: readonly PrivateJwk[]
  readonly secrets: readonly string[]
}

/**
 * Opens the keyring of access tokens. Keys that do not sign still verify, so that a change of the key or the algorithm leaves
 * every unexpired token good. The signature of a token is verified once, as it comes with each request of its client.
 * @throws KeyPairError if a pair is corrupt, and Error if no key is given for the algorithm.
 */
export async function openAccessKeyring(
  given: AccessKeys,
  signerOf: SignerOf = webSigner,
): Promise<Keyring> {
  const [pairs, secrets] = await Promise.all([
    importKeyPairs(given.keyPairs),
    Promise.all(given.secrets.map((secret) => importSecret(secret))),
  ])
  const keys = given.algorithm === 'HS256' ? [...secrets, ...pairs] : [...pairs, ...secrets]
  if (keys[0]?.algorithm !== given.algorithm) {
    throw new Error(`The first key of access tokens must be one for ${given.algorithm}`)
  }
  return createKeyring(keys, knowingSignatures(signerOf))
}
