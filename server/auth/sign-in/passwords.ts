import 'server-only'
import { type Algorithm, hash, type Options, verify } from '@node-rs/argon2'
import { addressBlock, addressNetwork } from '@/server/http/client-info'
import { unavailable } from '@/server/http/http-error'
import { createFairQueue, type Share } from '@/server/limits/fair-queue'
import { type Attempt, knownDevice } from './attempt'

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

/** A network of IPv6 holds many addresses, so each of its turns costs it less. */
const NETWORK_COST = 1 / 4

const queue = createFairQueue(['known', 'unknown'], {
  atOnce: AT_ONCE,
  maxWaiting: MAX_WAITING,
  refusal: () => unavailable(1),
})
let nobodysHash: Promise<string> | undefined

/**
 * Runs password work, two at a time, so that a flood of sign-ins cannot take the machine. Turns are fair by account and by
 * address, and devices that are known to the account wait apart from all others: a flood delays itself.
 * @throws HttpError 503 with Retry-After where too many wait already.
 */
export function inPasswordQueue<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  const lane = knownDevice(attempt) ? 'known' : 'unknown'
  return queue(lane, sharesOf(attempt), work)
}

function sharesOf(attempt: Attempt): Share[] {
  const account = { key: `account ${attempt.account}`, cost: 1 }
  if (knownDevice(attempt)) return [account]
  const network = addressNetwork(attempt.address)
  return [
    account,
    { key: `address ${addressBlock(attempt.address)}`, cost: 1 },
    ...(network === null ? [] : [{ key: `network ${network}`, cost: NETWORK_COST }]),
  ]
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
