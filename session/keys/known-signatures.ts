import { claimsOfVerified, type SignerOf } from './signer'

/** How many tokens of a key are known at a time. At the usual length of a token they take about a megabyte. */
export const MAX_KNOWN = 2048

/**
 * Makes signers that verify the signature of a token once, and then know the token by its text, for as long as no more than
 * `MAX_KNOWN` others have come since. An access token comes with each request of its client, and on the Edge its signature costs
 * ten times as much as all else about it. The claims are validated each time, at the time of the request.
 */
export function knowingSignatures(signerOf: SignerOf): SignerOf {
  return (key) => {
    const signer = signerOf(key)
    // In the order in which they came: the first one was not seen for the longest time.
    const known = new Set<string>()

    return {
      ...signer,
      async verify(token, expected) {
        if (!known.delete(token)) {
          const claims = await signer.verify(token, expected)
          keep(known, token)
          return claims
        }
        known.add(token)
        return claimsOfVerified(token, expected)
      },
    }
  }
}

function keep(known: Set<string>, token: string): void {
  known.add(token)
  if (known.size <= MAX_KNOWN) return
  const [oldest = token] = known
  known.delete(oldest)
}
