import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { confirmPath } from '@/http/address/return-path'
import { bearerToken } from '@/http/request/bearer'
import { PAGE_PATH_HEADER } from '@/http/wire'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { type CurrentSession, requireSession } from './dal'

/**
 * How recently the password must have been entered to end other sessions or to dismiss an alert, in milliseconds. For a user without
 * a password, the sign-in itself must be as recent.
 */
export const RECENT_AUTH_MS = 15 * 60 * 1000

/** How recently the password must have been entered. */
export interface RecentAuth {
  /** The longest time since the password was entered, in milliseconds. */
  readonly maxAgeMs: number
}

/**
 * Requires, in a page or a server action, a live session in which the password was entered at most `maxAgeMs` ago. Otherwise it
 * redirects to the page that asks for the password, or for a new sign-in where the user has none. That page leads back to the address
 * that middleware saw, or to `returnTo` if it saw none. Without a live session, it does what `requireSession` does.
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
 * Requires, in a `protectedRoute`, that the password was entered in this session at most `maxAgeMs` ago.
 * @throws HttpError 403 RECENT_SIGN_IN_REQUIRED, with the challenge of RFC 9470 §3 if the request came with a Bearer token. The
 *   status differs from the RFC's 401, because the token is valid: a client must not refresh it and retry.
 */
export async function requireRecentApiAuth(
  session: CurrentSession,
  { maxAgeMs }: RecentAuth,
): Promise<CurrentSession> {
  if (await isRecent(session, maxAgeMs)) return session
  const { hasPassword } = session
  const hint = hasPassword ? 'Confirm the password first' : 'Sign in again first'
  const challenge = `Bearer error="insufficient_user_authentication", error_description="${hint}", max_age="${Math.floor(maxAgeMs / 1000)}"`
  const isBearer = bearerToken(await headers()) !== null
  throw new HttpError(
    403,
    'RECENT_SIGN_IN_REQUIRED',
    hasPassword
      ? 'The password must be confirmed again before this is done: POST /api/account/confirm'
      : 'Sign in again before this is done',
    isBearer ? { 'WWW-Authenticate': challenge } : {},
  )
}

/** True if the password was entered in the session at most `maxAgeMs` ago. */
export async function isRecent(
  { authTime }: Pick<CurrentSession, 'authTime'>,
  maxAgeMs: number,
): Promise<boolean> {
  const { clock } = await services()
  return clock() - authTime <= maxAgeMs
}
