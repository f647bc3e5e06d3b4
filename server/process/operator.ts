import 'server-only'
import type { User } from '@/db/database'
import type { Session } from '@/session/session'
import { unknownUser } from '../auth/account/account'
import { nameKey } from '../auth/sign-in/credentials'
import { services } from '../composition'
import { HttpError } from '../http/http-error'

/** The client in the event of a session that was ended from a shell. The user reads that it was ended from elsewhere. */
const SHELL = { address: 'shell', userAgent: '' }

/**
 * Lists the live sessions of a user, last seen first.
 * @throws HttpError 404 USER_NOT_FOUND if no user has this name.
 */
export async function sessionsOf(name: string): Promise<Session[]> {
  const { engine } = await services()
  return engine.list((await requireUser(name)).id)
}

/**
 * Ends one session, of any user.
 * @throws HttpError 404 SESSION_NOT_FOUND if there is no such session, or it has ended.
 */
export async function endSession(id: string): Promise<void> {
  const { engine } = await services()
  if (!(await engine.end(id, 'ended_elsewhere', SHELL))) {
    throw new HttpError(404, 'SESSION_NOT_FOUND', 'There is no live session with this id')
  }
}

/**
 * Ends every session of a user. Returns how many ended.
 * @throws HttpError 404 USER_NOT_FOUND if no user has this name.
 */
export async function endSessionsOf(name: string): Promise<number> {
  const { engine } = await services()
  return engine.endOthers((await requireUser(name)).id, null, SHELL)
}

async function requireUser(name: string): Promise<User> {
  const { database } = await services()
  const user = await database.users.findByName(nameKey(name))
  if (!user) throw unknownUser()
  return user
}
