import 'server-only'
import type { UserStore } from '@/db/database'
import { askOutside } from '@/session/outside'
import type { Session } from '@/session/session'
import type { EpochMs } from '@/session/time'

/** A user of your own table. */
export interface OwnUser {
  /** The id that `find` was asked for. It is the `sub` of every token. */
  readonly id: string
  /** The name as it is shown. Two users may have the same. */
  readonly name: string
  /** True if the user may not be signed in. */
  readonly disabled?: boolean
}

/** Your own table of users. It is asked at each sign-in and each refresh, and never while a page renders. */
export interface OwnUsers {
  /**
   * Finds a user by id; null if there is none: then the user's sessions are refused at their next refresh, and their rows stay.
   * An error, or no answer within 2 seconds, is an outage: the request is answered 503, nothing changes, and nobody is signed out.
   */
  find(id: string): Promise<OwnUser | null>
}

const MAX_ID_LENGTH = 128
const MAX_NAME_LENGTH = 128
/** Ids are signed, logged and stored, so they hold visible ASCII characters only. */
const ID = new RegExp(`^[!-~]{1,${MAX_ID_LENGTH}}$`)
/** Characters that a database or a screen cannot take, or that reorder the text around them (Unicode Bidi, UAX #9). */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu

/**
 * Asks your table for a user. The name is shortened to 128 characters and loses its control characters.
 * @throws SessionError `unavailable` if the table does not answer; Error if it answers with a user of another id, as a comparison
 *   without regard to case does.
 */
export async function findOwnUser(users: OwnUsers, id: string): Promise<OwnUser | null> {
  if (!ID.test(id)) return null
  const user = await askOutside(() => users.find(id))
  if (!user) return null
  if (user.id !== id) throw new Error('ownUsers.find returned a user of another id')
  return { id, name: shownName(user.name) || id, disabled: user.disabled === true }
}

/**
 * Returns a function that brings a session up to date with your table: with the user's present name, which the database then
 * mirrors, and state. It returns null if the user is gone.
 */
export function createUserOf(
  users: OwnUsers,
  store: Pick<UserStore, 'mirror'>,
  clock: () => EpochMs,
) {
  return async (session: Session): Promise<Session | null> => {
    const user = await findOwnUser(users, session.userId)
    if (!user) return null
    const userDisabled = session.userDisabled || user.disabled === true
    // A user with a password has a name to sign in with, which another table cannot change.
    if (session.userHasPassword || user.name === session.userName || userDisabled) {
      return { ...session, userDisabled }
    }
    await store.mirror({ id: user.id, name: user.name, createdAt: clock() })
    return { ...session, userName: user.name }
  }
}

function shownName(name: string): string {
  const visible = name.replace(INVISIBLE, ' ')
  return [...visible].slice(0, MAX_NAME_LENGTH).join('').trim()
}
