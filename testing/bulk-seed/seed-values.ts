import { createHash } from 'node:crypto'
import { START } from '../database/samples'

/** The values that all seeded rows share, on either engine. */
export const SEED = {
  userAgent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  address: '203.0.113.195',
  passwordHash: `$argon2id$v=19$m=19456,t=2,p=1$${'s'.repeat(22)}$${'h'.repeat(43)}`,
  start: START,
}

/**
 * The key of the nth row of a kind. Keys are spread over the index as random ones are. `postgres.ts` has the formula in SQL, and
 * both must stay equal: benches and tests look rows up by it on either engine.
 */
export function seedKey(kind: 'user' | 'session', n: number): string {
  return createHash('md5').update(`${kind} ${n}`).digest('hex').slice(0, 22)
}
