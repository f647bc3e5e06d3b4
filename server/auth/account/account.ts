import 'server-only'
import { randomBytes } from 'node:crypto'
import type { PasswordUser } from '@/db/database'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import type { Grant } from '@/session/grant'
import type { ClientInfo } from '@/session/session'
import type { MovableSession } from '@/session/start'
import type { Attempt } from '../sign-in/attempt'
import { authenticate, nameKey } from '../sign-in/credentials'
import { hashPassword, inPasswordQueue } from '../sign-in/passwords'

/**
 * Creates a user. `name` and `password` must already be parsed by the contract's schemas. The password is hashed in the
 * password queue, in turn with the other work for `address`.
 * @throws HttpError 409 NAME_TAKEN; 503 if too many passwords wait to be hashed.
 */
export async function addUser(
  name: string,
  password: string,
  address = 'shell',
): Promise<PasswordUser> {
  const { database, clock } = await services()
  const attempt = { account: nameKey(name), address, device: null }
  const passwordHash = await inPasswordQueue(attempt, () => hashPassword(password))
  const user: PasswordUser = {
    id: randomBytes(16).toString('base64url'),
    name,
    nameKey: nameKey(name),
    passwordHash,
    createdAt: clock(),
    disabledAt: null,
    verified: false,
  }
  if (!(await database.users.create(user))) {
    throw new HttpError(409, 'NAME_TAKEN', 'This name is taken')
  }
  return user
}

/**
 * Creates a user who signs up, if the configuration permits that.
 * @throws HttpError 403 REGISTRATION_CLOSED, 409 NAME_TAKEN, 429 RATE_LIMITED, 503.
 */
export async function register(
  name: string,
  password: string,
  client: ClientInfo,
): Promise<PasswordUser> {
  const { config, throttle } = await services()
  if (config.registration === 'closed') {
    throw new HttpError(403, 'REGISTRATION_CLOSED', 'Sign-up is closed here')
  }
  await throttle.registration(client.address)
  return addUser(name, password, client.address)
}

/**
 * Sets the password of a user who has lost it, from the command line, and ends all of the user's sessions.
 * Returns how many sessions ended.
 * @throws HttpError 404 USER_NOT_FOUND.
 */
export async function resetPassword(name: string, password: string): Promise<number> {
  const { database, clock } = await services()
  const user = await database.users.findByName(nameKey(name))
  if (!user) throw unknownUser()
  const by = { address: 'shell', userAgent: '', moves: null, provenWith: null }
  const passwordHash = await hashPassword(password)
  const changed = await database.users.setPassword(user.id, passwordHash, clock(), by)
  if (changed === null) throw unknownUser()
  return changed.ended
}

/** 404 USER_NOT_FOUND. */
export function unknownUser(): HttpError {
  return new HttpError(404, 'USER_NOT_FOUND', 'There is no user of this name')
}

/** The signed-in user who changes the account, and the session and device that the change comes from. */
export interface Actor extends MovableSession {
  readonly hasPassword: boolean
  readonly client: ClientInfo
}

/** The result of a password change. */
export interface PasswordChange {
  /** How many other sessions ended. */
  readonly ended: number
  /** The new tokens of the session that made the change; null if that session had already ended. */
  readonly grant: Grant | null
}

/**
 * Sets a new password and ends all of the user's sessions. The session that made the change continues as a new session, so
 * that a copy of its tokens is worthless (OWASP ASVS 5.0, 7.4.3).
 * @throws HttpError 403 INVALID_CREDENTIALS if the current password is wrong; 409 NO_PASSWORD if the user has none; 429 or 503 as
 *   `authenticate` does.
 */
export async function changePassword(
  actor: Actor,
  currentPassword: string,
  password: string,
): Promise<PasswordChange> {
  const { database, engine } = await services()
  const user = await reauthenticate(actor, currentPassword)
  const passwordHash = await inPasswordQueue(attemptOf(actor), () => hashPassword(password))
  let ended = 0
  const grant = await engine.move(actor, async (moves, now) => {
    const by = { ...actor.client, moves, provenWith: user.passwordHash }
    const changed = await database.users.setPassword(user.id, passwordHash, now, by)
    if (changed === null) throw wrongPassword()
    ended = changed.ended
    return changed.moved
  })
  return { ended, grant }
}

/**
 * Deletes the account, its sessions and its events.
 * @throws HttpError 403 INVALID_CREDENTIALS if the current password is wrong; 409 NO_PASSWORD if the user has none; 429 or 503 as
 *   `authenticate` does.
 */
export async function deleteAccount(actor: Actor, currentPassword: string): Promise<void> {
  const { database } = await services()
  const user = await reauthenticate(actor, currentPassword)
  if (!(await database.users.remove(user))) throw wrongPassword()
}

/**
 * Deletes the account of a user without a password, its sessions and its events. The caller requires a recent sign-in.
 * @throws HttpError 409 HAS_PASSWORD if the user has one.
 */
export async function deletePasswordlessAccount(actor: Pick<Actor, 'userId'>): Promise<void> {
  const { database } = await services()
  if (await database.users.remove({ id: actor.userId, passwordHash: null })) return
  throw new HttpError(409, 'HAS_PASSWORD', 'This account is deleted with its password')
}

/**
 * Verifies the password again within a session, which from now counts as recently signed in (`requireRecentAuth`).
 * @throws HttpError 403 INVALID_CREDENTIALS if the password is wrong; 409 NO_PASSWORD if the user has none; 429 or 503 as
 *   `authenticate` does.
 */
export async function confirmPassword(actor: Actor, currentPassword: string): Promise<void> {
  const { engine } = await services()
  await reauthenticate(actor, currentPassword)
  await engine.prove(actor.sessionId)
}

/** Verifies the current password, because the session may be stolen. Wrong guesses count against this session only. */
async function reauthenticate(actor: Actor, currentPassword: string): Promise<PasswordUser> {
  // A mirrored user may have the name of a user with a password, whose password must not be tried.
  if (!actor.hasPassword) throw withoutPassword()
  const from = attemptOf(actor)
  const user = await authenticate(actor.userName, currentPassword, from).catch((error) => {
    // 403 rather than 401: the session is valid, so a client must not refresh its tokens and retry.
    throw error instanceof HttpError && error.status === 401 ? wrongPassword() : error
  })
  if (user.id !== actor.userId) throw wrongPassword()
  return user
}

function attemptOf({ userName, sessionId, client }: Actor): Attempt {
  const account = nameKey(userName)
  return { account, address: client.address, device: { id: `session ${sessionId}`, account } }
}

/** 409 NO_PASSWORD. */
function withoutPassword(): HttpError {
  return new HttpError(409, 'NO_PASSWORD', 'You sign in without a password')
}

function wrongPassword(): HttpError {
  return new HttpError(403, 'INVALID_CREDENTIALS', 'The current password is wrong')
}
