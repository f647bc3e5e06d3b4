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

/** Who is signed in, and until when this access token serves: what a page may know. */
export interface CurrentSession {
  readonly sessionId: string
  readonly userId: string
  readonly userName: string
  readonly createdAt: EpochMs
  /** When the person last proved the password in this session. */
  readonly authTime: EpochMs
  readonly expiresAt: EpochMs
  readonly idleExpiresAt: EpochMs
  readonly accessExpiresAt: EpochMs
  /** How often the refresh token was rotated. */
  readonly rotations: number
}

/**
 * The authority for every protected page and action: the live session of this request's access token, asked of the
 * database once a request. Without one the person is sent to sign in, told why, and comes back to where they were: to the very
 * address that middleware saw, or to `returnTo` where it saw none.
 * @throws SessionError `unavailable` where the database does not answer: an outage is not a sign-out. Error in a route handler,
 * whose callers have no use for a redirect to a page: `protectedRoute` is for those.
 */
export async function requireSession(returnTo: string | null = null): Promise<CurrentSession> {
  if (isRouteHandler()) throw new Error(WRONG_PLACE)
  try {
    return await liveSession('page')
  } catch (error) {
    if (!(error instanceof SessionError) || error.code === 'unavailable') throw error
    const path = (await headers()).get(PAGE_PATH_HEADER) ?? returnTo
    redirect(signInPath(path, reasonOf(error)))
  }
}

/** The same for `protectedRoute`, which answers 401 instead of redirecting: throws SessionError. */
export function requireApiSession(): Promise<CurrentSession> {
  return liveSession('api')
}

const liveSession = cache(async (asker: 'page' | 'api'): Promise<CurrentSession> => {
  const { config, engine } = await services()
  const requestHeaders = await headers()
  const tokens = await accessTokensOf(requestHeaders, config, asker)
  if (tokens.length === 0) throw new SessionError('missing_access_token')
  const check = (token: string) =>
    engine.check(token, receivedAt(requestHeaders, config).waitedMs())
  const { session, accessExpiresAt } = await withinRequest(requestHeaders, () =>
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
    accessExpiresAt,
    rotations: session.generation,
  }
})

/** The session if there is one, for pages that anybody may see. */
export async function findSession(): Promise<CurrentSession | null> {
  try {
    return await liveSession('page')
  } catch (error) {
    if (error instanceof SessionError && error.code !== 'unavailable') return null
    throw error
  }
}

const WRONG_PLACE =
  'requireSession() is for pages and server actions. In a route handler, use protectedRoute() of server/auth/session/protected-route.ts'

/** True in a route handler. Next.js has no public word for it; this one is what its own `redirect` asks. */
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
 * What may be the access token: the Bearer one where there is one, and then, under /api/, no cookie (RFC 6750 §2.1). A proxy may
 * add a Bearer token of its own to each page's request: what is not ours hides no cookie there. A cookie that a server action of
 * this very request has set comes before the others: Next.js has it among the cookies, and not in the headers.
 */
async function accessTokensOf(
  requestHeaders: Headers,
  config: Pick<Config, 'secure'>,
  asker: 'page' | 'api',
): Promise<readonly string[]> {
  const bearer = bearerToken(requestHeaders)
  if (bearer !== null && asker === 'api') return [bearer]
  const given = cookiesOf(requestHeaders, config).access
  const current = (await cookies()).get(cookieName('access', config))?.value
  const wasSet = current && !requestHeaders.get('cookie')?.includes(current)
  return [...(bearer === null ? [] : [bearer]), ...(wasSet ? [current] : []), ...given]
}
