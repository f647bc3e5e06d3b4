import { algorithmOf, type PrivateJwk, publicHalf, thumbprint } from './key-pair'

/** The public half of a pair, with the `kid` that tokens name (RFC 7517 §4). */
export type PublicJwk = ReturnType<typeof publicHalf> & {
  readonly kid: string
  readonly alg: ReturnType<typeof algorithmOf>
  readonly use: 'sig'
}

/** A JWK Set of public keys (RFC 7517 §5). */
export interface PublicKeySet {
  readonly keys: readonly PublicJwk[]
}

/** The keys with which other services verify access tokens. Empty if there are only secrets, which are never published. */
export async function publicKeySet(keyPairs: readonly PrivateJwk[]): Promise<PublicKeySet> {
  const keys = keyPairs.map(async (jwk) => ({
    ...publicHalf(jwk),
    kid: await thumbprint(jwk),
    alg: algorithmOf(jwk),
    use: 'sig' as const,
  }))
  return { keys: await Promise.all(keys) }
}
