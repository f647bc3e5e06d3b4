import type { NextRequest } from 'next/server'
import { readRedirectMark } from '@/http/address/redirect-mark'
import { bearerToken } from '@/http/request/bearer'
import { cookieName, readCookies, replaceCookies } from '@/http/request/cookies'
import { isRead } from '@/http/request/methods'
import type { EpochMs } from '@/session/time'
import type { EdgeContext } from './context'
import { accessState, type GateRequest } from './gate'
import { isApi, usesSession } from './paths'

/** A request as the gate reads it, with the `Cookie` header to continue with. */
export interface EdgeRequest extends GateRequest {
  /** If several cookies have the access token's name and some of them verify, this header keeps only those. */
  readonly cookie: string | null
}

/** Reads what the gate needs to know of a request, at the time it was received. Verifies an access token only if the gate uses it. */
export async function gateRequest(
  request: NextRequest,
  context: EdgeContext,
  receivedAt: EpochMs,
): Promise<EdgeRequest> {
  const { method, headers } = request
  const { config } = context
  const { pathname, search } = new URL(request.url)
  const cookie = headers.get('cookie')
  const bearer = bearerToken(headers)
  // A proxy may add its own token to every request. For a page, a token that does not verify is ignored in favour of the cookies.
  const hasBearerToken =
    bearer !== null &&
    (isApi(pathname) || (await verifiedOf([bearer], receivedAt, context)).length > 0)
  const name = cookieName('access', config)
  const given = hasBearerToken || !usesSession(pathname) ? [] : readCookies(cookie, name)
  const verified = await verifiedOf(given, receivedAt, context)
  return {
    method,
    pathname,
    search,
    access: accessState(verified[0]?.expiresAt ?? null, receivedAt, config.leewayMs),
    hasAccessToken: given.length > 0,
    hasRefreshToken: readCookies(cookie, cookieName('refresh', config)).length > 0,
    hasBearerToken,
    isServerAction: headers.has('next-action'),
    timesChallenged: Number(readRedirectMark(search)) || 0,
    isStrictNavigation:
      config.sameSite === 'strict' &&
      isRead(method) &&
      headers.get('sec-fetch-site') === 'cross-site' &&
      headers.get('sec-fetch-mode') === 'navigate',
    cookie:
      given.length > 1 && verified.length > 0
        ? replaceCookies(cookie, { [name]: verified.map(({ token }) => token) })
        : cookie,
  }
}

/** The tokens that verify, with their expiry. The gate uses the first; the data layer may skip one whose session has ended. */
async function verifiedOf(
  tokens: readonly string[],
  now: EpochMs,
  { accessTokens }: EdgeContext,
): Promise<{ token: string; expiresAt: EpochMs }[]> {
  const verified = []
  for (const token of tokens) {
    const verdict = await accessTokens.verify(token, now)
    if (verdict.status === 'good') verified.push({ token, expiresAt: verdict.claims.expiresAt })
  }
  return verified
}
