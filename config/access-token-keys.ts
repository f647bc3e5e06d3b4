import { z } from 'zod'
import { parseKeySet, privateJwk, readKeyPairs } from '@/session/keys/key-pair'

/** The schema of `ACCESS_TOKEN_KEYS`. It does not tell whether a key is corrupt: only the import of the key does. */
export const privateKeys = z
  .string({ error: 'is required: npm run keys:generate makes it' })
  .refine((value) => parseKeySet(value) !== null, {
    error: 'must be JSON: a JWK Set, an array of private JWKs, or one of them',
  })
  .refine((value) => isSome(parseKeySet(value)?.map(privateJwk)), {
    error: 'must hold private keys that sign, each with the curve Ed25519 or P-256',
  })
  .refine((value) => isUnique(readKeyPairs(value).map(({ x }) => x)), {
    error: 'must hold no key twice',
  })

function isSome(entries: readonly unknown[] = []): boolean {
  return entries.length > 0 && !entries.includes(null)
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length
}
