import 'server-only'
import type { User } from '@/db/database'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import type { Attempt } from './attempt'
import { verifyPassword } from './passwords'

/** NFKC and case folding make at most three letters of one. */
const MAX_KEY_LENGTH = 3 * 2 * 64

/** What two names have in common if they are the same name. */
export function nameKey(name: string): string {
  // There is more than one lower case of some capitals (ς and σ, ß and ss): through the capital they are one.
  const folded = name.normalize('NFKC').trim().toLowerCase().toUpperCase().toLowerCase()
  return folded.normalize('NFKC')
}

/**
 * The user behind a name and a password.
 * @throws HttpError 401 INVALID_CREDENTIALS, the same and after the same work whether or not the name exists;
 *   429 where too many attempts failed; 503 where too many people sign in at once.
 */
export async function authenticate(
  name: string,
  password: string,
  from: Pick<Attempt, 'address' | 'device'>,
): Promise<User> {
  const { database, throttle } = await services()
  // Longer than any name's: what nobody is called must not grow the counts that it is kept under.
  const key = nameKey(name).slice(0, MAX_KEY_LENGTH)
  const user = await throttle.signIn({ ...from, account: key }, async () => {
    const found = await database.users.findByName(key)
    const usable = found && found.disabledAt === null ? found : null
    return (await verifyPassword(usable?.passwordHash ?? null, password)) ? usable : null
  })
  if (!user) throw wrongCredentials()
  return user
}

export function wrongCredentials(): HttpError {
  return new HttpError(401, 'INVALID_CREDENTIALS', 'Wrong name or password')
}
