import 'server-only'
import { type Algorithm, hash, type Options, verify } from '@node-rs/argon2'
import { addressBlock, addressNetwork } from '@/server/http/client-info'
import { unavailable } from '@/server/http/http-error'
import { createFairQueue, type Flow } from '@/server/limits/fair-queue'
import { type Attempt, findKnownDevice } from './attempt'

/** 19 MiB and two passes, which OWASP's Password Storage Cheat Sheet recommends for argon2id. */
const COST: Options = {
  algorithm: 2 satisfies Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
}
const AT_ONCE = 2
/** A hash takes about 20 ms, so a wait of more than about a second is refused instead. */
const MAX_WAITING = 64

/** The cost of a turn to an IPv6 /48. It is less than 1, because a /48 holds many subscribers' addresses. */
const NETWORK_COST = 1 / 4

const queue = createFairQueue(['known', 'unknown'], {
  atOnce: AT_ONCE,
  maxWaiting: MAX_WAITING,
  refusal: () => unavailable(1),
})
let dummyHash: Promise<string> | undefined

/**
 * Runs password work, two jobs at a time, so that a flood of sign-ins cannot take the whole machine. Turns are shared fairly
 * between accounts and addresses, so that a flood delays itself. Devices that are known to the account have
 * a queue of their own.
 * @throws HttpError 503 UNAVAILABLE with `Retry-After` if too many jobs already wait.
 */
export function inPasswordQueue<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  const lane = findKnownDevice(attempt) ? 'known' : 'unknown'
  return queue(lane, flowsOf(attempt), work)
}

function flowsOf(attempt: Attempt): Flow[] {
  const account = { key: `account ${attempt.account}`, cost: 1 }
  if (findKnownDevice(attempt)) return [account]
  const network = addressNetwork(attempt.address)
  return [
    account,
    { key: `address ${addressBlock(attempt.address)}`, cost: 1 },
    ...(network === null ? [] : [{ key: `network ${network}`, cost: NETWORK_COST }]),
  ]
}

/** Hashes a password with argon2id, in PHC string format. Call it within `inPasswordQueue`. */
export function hashPassword(password: string): Promise<string> {
  return hash(normalize(password), COST)
}

/** True if the password matches the hash. False, after the same work, without a hash. Call it within `inPasswordQueue`. */
export async function verifyPassword(known: string | null, password: string): Promise<boolean> {
  dummyHash ??= hash(crypto.randomUUID(), COST).catch((error) => {
    dummyHash = undefined
    throw error
  })
  const matches = await verify(known ?? (await dummyHash), normalize(password))
  return matches && known !== null
}

/** Keyboards produce different code points for the same accented letter (RFC 8265 §4.2.2). */
function normalize(password: string): string {
  return password.normalize('NFC')
}
