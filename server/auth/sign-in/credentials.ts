import 'server-only'
import type { PasswordUser, User } from '@/db/database'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import type { Attempt } from './attempt'
import { verifyPassword } from './passwords'

/** The longest name key: a name has up to 64 characters of 2 code units, and folding makes at most 3 characters of 1. */
const MAX_KEY_LENGTH = 3 * 2 * 64

/** The canonical form of a user name: two names are the same if their keys are equal (NFKC, case folding, trimmed). */
export function nameKey(name: string): string {
  // Some capitals have more than one lower case (ς and σ, ß and ss). Upper-casing first makes them equal.
  const folded = name.normalize('NFKC').trim().toLowerCase().toUpperCase().toLowerCase()
  return folded.normalize('NFKC')
}

/**
 * The user with this name and password.
 * @throws HttpError 401 INVALID_CREDENTIALS, with the same work whether or not the name exists; 429 RATE_LIMITED after too many
 *   attempts: those that fail and those that succeed each have a budget; 503 UNAVAILABLE if too many passwords wait to be verified.
 */
export async function authenticate(
  name: string,
  password: string,
  from: Pick<Attempt, 'address' | 'device'>,
): Promise<PasswordUser> {
  const { database, throttle } = await services()
  // The key is stored in the counts of failures, so a name that no user can have must not make it longer.
  const key = nameKey(name).slice(0, MAX_KEY_LENGTH)
  const user = await throttle.signIn({ ...from, account: key }, async () => {
    const found = await database.users.findByName(key)
    const usable = found && found.disabledAt === null && hasPassword(found) ? found : null
    return (await verifyPassword(usable?.passwordHash ?? null, password)) ? usable : null
  })
  if (!user) throw wrongCredentials()
  return user
}

function hasPassword(user: User): user is PasswordUser {
  return user.passwordHash !== null
}

/** 401 INVALID_CREDENTIALS. */
export function wrongCredentials(): HttpError {
  return new HttpError(401, 'INVALID_CREDENTIALS', 'Wrong name or password')
}
