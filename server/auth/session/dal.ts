import 'server-only'
import { actionAsyncStorage } from 'next/dist/server/app-render/action-async-storage.external'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { Config } from '@/config/read'
import { signInPath } from '@/http/address/return-path'
import { bearerToken } from '@/http/request/bearer'
import { cookieName } from '@/http/request/cookies'
import { receivedAt } from '@/http/request/received-at'
import { PAGE_PATH_HEADER } from '@/http/wire'
import { services } from '@/server/composition'
import { reasonOf } from '@/server/http/http-error'
import { withinRequest } from '@/server/http/request-context'
import { cookiesOf } from '@/server/http/route'
import { metrics } from '@/server/telemetry/metrics'
import { firstAccepted } from '@/session/candidates'
import { SessionError } from '@/session/errors'
import type { EpochMs } from '@/session/time'

/** The signed-in user and session of a request. */
export interface CurrentSession {
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  readonly createdAt: EpochMs
  /** When the user last entered the password in this session. */
  readonly authTime: EpochMs
  /** When the session ends, however much it is used. */
  readonly expiresAt: EpochMs
  /** When the session ends if it is not used until then. */
  readonly idleExpiresAt: EpochMs
  /** When this request's access token was issued, to the second. */
  readonly accessIssuedAt: EpochMs
  /** When this request's access token expires. */
  readonly accessExpiresAt: EpochMs
}

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
    return await liveSession('page')
  } catch (error) {
    if (!(error instanceof SessionError) || error.code === 'unavailable') throw error
    const path = (await headers()).get(PAGE_PATH_HEADER) ?? returnTo
    redirect(signInPath(path, reasonOf(error)))
  }
}

/**
 * Requires a live session in a route handler. Only `protectedRoute` calls it.
 * @throws SessionError without a live session, or `unavailable` if the database does not answer.
 */
export function requireApiSession(): Promise<CurrentSession> {
  return liveSession('api')
}

const liveSession = cache(async (client: 'page' | 'api'): Promise<CurrentSession> => {
  const { config, engine } = await services()
  const requestHeaders = await headers()
  const tokens = await accessTokensOf(requestHeaders, config, client)
  if (tokens.length === 0) throw new SessionError('missing_access_token')
  const check = (token: string) =>
    engine.check(token, receivedAt(requestHeaders, config).waitedMs())
  const { session, accessIssuedAt, accessExpiresAt } = await withinRequest(requestHeaders, () =>
    firstAccepted(tokens, check).then(counted, countedRefusal),
  )
  return {
    sessionId: session.id,
    userId: session.userId,
    userName: session.userName,
    createdAt: session.createdAt,
    authTime: session.authTime,
    expiresAt: session.expiresAt,
    idleExpiresAt: session.idleExpiresAt,
    accessIssuedAt,
    accessExpiresAt,
  }
})

/**
 * The live session of this request, or null, for pages that are public.
 * @throws SessionError `unavailable` if the database does not answer.
 */
export async function findSession(): Promise<CurrentSession | null> {
  try {
    return await liveSession('page')
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

function counted<T>(checked: T): T {
  metrics().checks.inc({ outcome: 'live' })
  return checked
}

function countedRefusal(error: unknown): never {
  metrics().checks.inc({ outcome: error instanceof SessionError ? error.code : 'internal_error' })
  throw error
}

/**
 * The values that may be the access token, in the order in which they are tried. In an API request, a Bearer token excludes
 * the cookies (RFC 6750 §2.1). In a page's request it does not, since a proxy may add a Bearer token of its own. A cookie that
 * a server action has set during this request comes before those that the browser sent: Next.js has it in `cookies()`, but not
 * in `headers()`.
 */
async function accessTokensOf(
  requestHeaders: Headers,
  config: Pick<Config, 'secure'>,
  client: 'page' | 'api',
): Promise<readonly string[]> {
  const bearer = bearerToken(requestHeaders)
  if (bearer !== null && client === 'api') return [bearer]
  const given = cookiesOf(requestHeaders, config).access
  const current = (await cookies()).get(cookieName('access', config))?.value
  const wasSet = current && !requestHeaders.get('cookie')?.includes(current)
  return [...(bearer === null ? [] : [bearer]), ...(wasSet ? [current] : []), ...given]
}
