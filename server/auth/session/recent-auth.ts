import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { confirmPath } from '@/http/address/return-path'
import { bearerToken } from '@/http/request/bearer'
import { PAGE_PATH_HEADER } from '@/http/wire'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { type CurrentSession, requireSession } from './dal'

/** How long a proved password is enough to end other sessions, or to delete the account. */
export const RECENT_AUTH_MS = 15 * 60 * 1000

export interface RecentAuth {
  /** How long ago the password may have been proved at most. */
  readonly maxAgeMs: number
}

/**
 * The session of a page or an action for which being signed in is not enough: the password was proved in it at most
 * `maxAgeMs` ago. Where it was not, the person is asked for it, and comes back: to the very address that middleware saw, or
 * to `returnTo` where it saw none. Without a session, as `requireSession` has it.
 */
export async function requireRecentAuth({
  maxAgeMs,
  returnTo = null,
}: RecentAuth & { readonly returnTo?: string | null }): Promise<CurrentSession> {
  const session = await requireSession(returnTo)
  if (await isRecent(session, maxAgeMs)) return session
  redirect(confirmPath((await headers()).get(PAGE_PATH_HEADER) ?? returnTo))
}

/**
 * The same for the session of a `protectedRoute`.
 * @throws HttpError 403 RECENT_SIGN_IN_REQUIRED, and to a Bearer token the challenge of RFC 9470 §3. Its status is not 401 as
 *   there: the token is good, and a client must not refresh and ask again.
 */
export async function requireRecentApiAuth(
  session: CurrentSession,
  { maxAgeMs }: RecentAuth,
): Promise<CurrentSession> {
  if (await isRecent(session, maxAgeMs)) return session
  const challenge = `Bearer error="insufficient_user_authentication", error_description="Confirm the password first", max_age="${Math.floor(maxAgeMs / 1000)}"`
  const isBearer = bearerToken(await headers()) !== null
  throw new HttpError(
    403,
    'RECENT_SIGN_IN_REQUIRED',
    'The password must be confirmed again before this is done: POST /api/account/confirm',
    isBearer ? { 'WWW-Authenticate': challenge } : {},
  )
}

/** True if the password was proved in the session at most `maxAgeMs` ago. */
export async function isRecent(
  { authTime }: Pick<CurrentSession, 'authTime'>,
  maxAgeMs: number,
): Promise<boolean> {
  const { clock } = await services()
  return clock() - authTime <= maxAgeMs
}
