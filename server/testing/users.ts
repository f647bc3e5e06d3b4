import 'server-only'
import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { User } from '@/db/database'
import { ownUsers } from '../auth/own'
import { findOwnUser } from '../auth/own-users'
import { nameKey } from '../auth/sign-in/credentials'
import { hashPassword, inPasswordQueue } from '../auth/sign-in/passwords'
import type { Services } from '../composition'
import { HttpError } from '../http/http-error'
import type { TestUser, userBody } from './wire'

/**
 * Adds a user. Without a password nothing is hashed, so a test's user costs one row.
 * @throws HttpError 409 NAME_TAKEN, 409 OWN_USERS if the app keeps its users in its own table.
 */
export async function addTestUser(
  { name = `u-${random(9)}`, password = false }: z.infer<typeof userBody>,
  { database, clock }: Services,
): Promise<TestUser> {
  if (ownUsers) {
    // The first refresh would ask the app's table for this user, and end the session.
    throw new HttpError(
      409,
      'OWN_USERS',
      'This app has its own table of users: add one there, and name them in `signedIn(context, { user })`',
    )
  }
  const chosen = password === true ? random(18) : password || null
  const attempt = { account: nameKey(name), address: 'test', device: null }
  const passwordHash =
    chosen === null ? null : await inPasswordQueue(attempt, () => hashPassword(chosen))
  const id = random(16)
  const user = { id, name, nameKey: nameKey(name), passwordHash, createdAt: clock() }
  if (!(await database.users.create(user))) {
    throw new HttpError(409, 'NAME_TAKEN', 'This name is taken')
  }
  return { id, name, password: chosen }
}

/**
 * The user of a test. A user of the app's own table is mirrored, as at a sign-in.
 * @throws HttpError 404 USER_NOT_FOUND.
 */
export async function requireTestUser(id: string, parts: Services): Promise<User> {
  const { users } = parts.database
  const user = (await users.findById(id)) ?? (await mirror(id, parts))
  if (!user) throw new HttpError(404, 'USER_NOT_FOUND', 'There is no user with this id')
  return user
}

async function mirror(id: string, { database: { users }, clock }: Services): Promise<User | null> {
  const own = ownUsers && (await findOwnUser(ownUsers, id))
  if (!own) return null
  await users.mirror({ id, name: own.name, createdAt: clock() })
  return users.findById(id)
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
