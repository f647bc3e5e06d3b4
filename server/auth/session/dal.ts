import 'server-only'
import { actionAsyncStorage } from 'next/dist/server/app-render/action-async-storage.external'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { Config } from '@/config/read'
import { signInPath } from '@/http/address/return-path'
import { bearerToken } from '@/http/request/bearer'
import { cookieName } from '@/http/request/cookies'
import { PAGE_PATH_HEADER } from '@/http/wire'
import { services } from '@/server/composition'
import { reasonOf } from '@/server/http/http-error'
import { cookiesOf } from '@/server/http/route'
import { SessionError } from '@/session/errors'
import { type CurrentSession, liveSession } from './live-session'

export type { CurrentSession } from './live-session'

/**
 * Requires a live session in a page or a server action, and is the authority on who may see it. The access token is verified
 * and the session's row is read, once per request. Without a live session, redirects to the sign-in page, which says why and
 * afterwards returns to the address that middleware saw, or to `returnTo` if it saw none.
 * @throws SessionError `unavailable` if the database does not answer: an outage is not a sign-out.
 * @throws Error in a route handler, whose clients cannot use a redirect to a page. Use `protectedRoute` there.
 */
export async function requireSession(returnTo: string | null = null): Promise<CurrentSession> {
  if (isRouteHandler()) throw new Error(NOT_IN_ROUTE_HANDLER)
  try {
    return await pageSession()
  } catch (error) {
    if (!(error instanceof SessionError) || error.code === 'unavailable') throw error
    const path = (await headers()).get(PAGE_PATH_HEADER) ?? returnTo
    redirect(signInPath(path, reasonOf(error)))
  }
}

/** The live session of the request that Next.js renders a page or runs a server action for. Read once a request. */
const pageSession = cache(async (): Promise<CurrentSession> => {
  const { config } = await services()
  const requestHeaders = await headers()
  return liveSession(requestHeaders, await accessTokensOfPage(requestHeaders, config))
})

/**
 * The live session of this request, or null, for pages that are public.
 * @throws SessionError `unavailable` if the database does not answer.
 */
export async function findSession(): Promise<CurrentSession | null> {
  try {
    return await pageSession()
  } catch (error) {
    if (error instanceof SessionError && error.code !== 'unavailable') return null
    throw error
  }
}

const NOT_IN_ROUTE_HANDLER =
  'requireSession() is for pages and server actions. In a route handler, use protectedRoute() of server/auth/session/protected-route.ts'

/** True in a route handler. Next.js has no public API for this; its own `redirect` reads the same storage. */
function isRouteHandler(): boolean {
  return actionAsyncStorage.getStore()?.isAppRoute === true
}

/**
 * The values that may be the access token of a page's request, in the order in which they are tried. A proxy may add a Bearer
 * token of its own, so one does not exclude the cookies. A cookie that a server action has set during this request comes before
 * those that the browser sent: Next.js has it in `cookies()`, but not in `headers()`.
 */
async function accessTokensOfPage(
  requestHeaders: Headers,
  config: Pick<Config, 'secure'>,
): Promise<readonly string[]> {
  const bearer = bearerToken(requestHeaders)
  const given = cookiesOf(requestHeaders, config).access
  const current = (await cookies()).get(cookieName('access', config))?.value
  const wasSet = current && !requestHeaders.get('cookie')?.includes(current)
  return [...(bearer === null ? [] : [bearer]), ...(wasSet ? [current] : []), ...given]
}
