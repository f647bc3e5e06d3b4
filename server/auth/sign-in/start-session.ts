import 'server-only'
import { mirrorKey } from '@/db/database'
import { isNavigation } from '@/http/address/navigation'
import { isCrossSiteWrite } from '@/http/request/cross-site'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { HttpError } from '@/server/http/http-error'
import { isForm } from '@/server/http/request-body'
import { metrics } from '@/server/telemetry/metrics'
import type { Grant } from '@/session/grant'
import type { ClientInfo } from '@/session/session'
import type { StartOptions } from '@/session/start'
import { ownUsers } from '../own'
import { findOwnUser } from '../own-users'
import { type SigningIn, signInResponse } from './sign-in'

/** Options of `startSession` and `signInAs`. */
export interface PasswordlessOptions {
  /**
   * True if the caller authenticated the user of this id in the table `users`, and not only in a table of its own. Without it,
   * an own table cannot start a session for a user who has a password here: an id that two tables share by chance, or by
   * somebody's choice, must not open another user's account.
   */
  readonly passwordUser?: boolean
}

/**
 * Starts a session without a password, for a user whom the caller has just authenticated: by a passkey, a mail link or an OAuth
 * callback. The id must come from that proof and never from a request's own words. The session of the first refresh token in
 * `replaces` that verifies ends.
 * @throws HttpError 404 USER_NOT_FOUND, 403 USER_DISABLED, 409 PASSWORD_USER (see `PasswordlessOptions`).
 * @throws SessionError `unavailable` if the database or your own table does not answer; then nothing changed.
 */
export async function startSession(
  userId: string,
  client: ClientInfo,
  options: PasswordlessOptions & StartOptions & { readonly replaces?: readonly string[] } = {},
): Promise<Grant> {
  return start(await requireUser(userId, options), client, options)
}

/**
 * Signs in a user whom the caller has just authenticated, and responds with the cookies: to a navigation or a form with a redirect
 * to `next`, or to the dashboard if `next` is not a path of this origin; else with JSON, as a sign-in with a password does. The
 * session that the cookies still hold ends.
 *
 * Call it within `route()`. A callback that another site redirects to must itself prove that this browser began the sign-in, by the
 * `state` of OAuth (RFC 6749 §10.12) or its like: otherwise another site can sign a visitor in as somebody else.
 * @throws HttpError as `startSession` does, and 403 CROSS_SITE_REQUEST for a write that another site sent.
 */
export async function signInAs(
  request: Request,
  userId: string,
  next?: string | null,
  options: PasswordlessOptions = {},
): Promise<Response> {
  const { config } = await services()
  const { headers, method } = request
  if (isCrossSiteWrite(method, headers, config.appOrigin)) {
    throw new HttpError(403, 'CROSS_SITE_REQUEST', 'Another site sent this sign-in')
  }
  const user = await requireUser(userId, options)
  const page = isForm(request) || isNavigation(headers)
  return signInResponse(request, user, page ? { next } : null, (jar) =>
    start(user, clientOf(headers), jar),
  )
}

async function start(
  user: SigningIn,
  client: ClientInfo,
  { replaces = [], ...options }: StartOptions & { readonly replaces?: readonly string[] },
): Promise<Grant> {
  const { engine } = await services()
  const grant = await engine.start({ ...user, passwordHash: null }, client, replaces, options)
  if (!grant) throw disabled()
  metrics().signIns.inc({ outcome: 'success' })
  return grant
}

/** The user of this id, whom the table `users` mirrors from now on if an own table keeps them. */
async function requireUser(id: string, { passwordUser = false }: PasswordlessOptions) {
  const { clock, database } = await services()
  const own = ownUsers && (await findOwnUser(ownUsers, id))
  if (ownUsers && !own) throw unknownUser()
  if (own?.disabled) throw disabled()
  const row = await database.users.findById(id)
  if (!own || (row && row.passwordHash !== null)) {
    if (!row) throw unknownUser()
    if (row.disabledAt !== null) throw disabled()
    if (own && !passwordUser) throw ofPasswordUser()
    return row
  }
  const { name } = own
  if (row?.name !== name && !(await database.users.mirror({ id, name, createdAt: clock() }))) {
    throw ofPasswordUser()
  }
  return { id, name, nameKey: row?.nameKey ?? mirrorKey(id), verified: row?.verified ?? false }
}

function unknownUser(): HttpError {
  return new HttpError(404, 'USER_NOT_FOUND', 'There is no such user')
}

function disabled(): HttpError {
  return new HttpError(403, 'USER_DISABLED', 'This user is disabled')
}

function ofPasswordUser(): HttpError {
  const message = 'A user of this id signs in with a password here'
  return new HttpError(409, 'PASSWORD_USER', message)
}
