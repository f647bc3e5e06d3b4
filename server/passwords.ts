import 'server-only'
import { type Algorithm, hash, type Options, verify } from '@node-rs/argon2'
import pLimit from 'p-limit'
import { unavailable } from './http-error'

/** OWASP's first recommendation for argon2id: 19 MiB, two passes. */
const COST: Options = {
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}
const AT_ONCE = 2
/** A hash takes some 20 ms: who would wait longer than a second is told to come back. */
const MAX_WAITING = 64

const queue = pLimit(AT_ONCE)
let nobodysHash: Promise<string> | undefined

/**
 * Runs password work, two at a time, so that a flood of sign-ins cannot take the machine.
 * @throws HttpError 503 with Retry-After where too many wait already.
 */
export async function inPasswordQueue<T>(work: () => Promise<T>): Promise<T> {
  if (queue.pendingCount >= MAX_WAITING) throw unavailable(1)
  return queue(work)
}

/** An argon2id hash in PHC form. To be called from within the queue. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalise(password), COST)
}

/** Whether a password is the one. The same work is done where there is no hash to compare with. To be called from within the queue. */
export async function verifyPassword(known: string | null, password: string): Promise<boolean> {
  nobodysHash ??= hash(crypto.randomUUID(), COST).catch((error) => {
    nobodysHash = undefined
    throw error
  })
  const matches = await verify(known ?? (await nobodysHash), normalise(password))
  return matches && known !== null
}

/** The same password typed on another keyboard is the same password (RFC 8265 §4.2.2). */
function normalise(password: string): string {
  return password.normalize('NFC')
}
