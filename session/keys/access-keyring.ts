import { importKeyPairs, type PrivateJwk } from './key-pair'
import { createKeyring, type Keyring } from './keyring'
import { importSecret, type SigningAlgorithm } from './signing-key'

/** What access tokens are signed and verified with. */
export interface AccessKeys {
  /** What new tokens are signed with: the first secret for HS256, else the first pair. */
  readonly algorithm: SigningAlgorithm
  readonly keyPairs: readonly PrivateJwk[]
  readonly secrets: readonly string[]
}

/**
 * The keyring of access tokens. Whatever does not sign still verifies, so that neither another key nor another algorithm
 * costs a living token anything.
 * @throws KeyPairError where a pair is corrupt.
 */
export async function openAccessKeyring(given: AccessKeys): Promise<Keyring> {
  const [pairs, secrets] = await Promise.all([
    importKeyPairs(given.keyPairs),
    Promise.all(given.secrets.map((secret) => importSecret(secret))),
  ])
  const keys = given.algorithm === 'HS256' ? [...secrets, ...pairs] : [...pairs, ...secrets]
  if (keys[0]?.algorithm !== given.algorithm) {
    throw new Error(`The first key of access tokens must be one for ${given.algorithm}`)
  }
  return createKeyring(keys)
}
