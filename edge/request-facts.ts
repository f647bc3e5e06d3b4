import type { NextRequest } from 'next/server'
import { readRedirectMark } from '@/http/address/redirect-mark'
import { bearerToken } from '@/http/request/bearer'
import { cookieName, readCookies, replaceCookies } from '@/http/request/cookies'
import { isRead } from '@/http/request/methods'
import type { EpochMs } from '@/session/time'
import type { EdgeParts } from './context'
import { accessState, type GateRequest, isApi, usesSession } from './gate'

/** A request as the gate sees it, and the `Cookie` header that goes on with it. */
export interface EdgeRequest extends GateRequest {
  /** Where several cookies bear the name of the access token, it holds those alone that verify: whatever renders sees no other. */
  readonly cookie: string | null
}

/** A request as the gate sees it, as of the moment it was received. The access token is verified only where the gate will ask for it. */
export async function gateRequest(
  request: NextRequest,
  parts: EdgeParts,
  receivedAt: EpochMs,
): Promise<EdgeRequest> {
  const { method, headers } = request
  const { config } = parts
  const { pathname, search } = new URL(request.url)
  const cookie = headers.get('cookie')
  const bearer = bearerToken(headers)
  // A proxy may add a token of its own to every request: to a page that one is no credential, and the cookies count.
  const hasBearerToken =
    bearer !== null &&
    (isApi(pathname) || (await verifiedOf([bearer], receivedAt, parts)).length > 0)
  const name = cookieName('access', config)
  const given = hasBearerToken || !usesSession(pathname) ? [] : readCookies(cookie, name)
  const verified = await verifiedOf(given, receivedAt, parts)
  return {
    method,
    pathname,
    search,
    access: accessState(verified[0]?.expiresAt ?? null, receivedAt, config.leewayMs),
    hasRefreshToken: readCookies(cookie, cookieName('refresh', config)).length > 0,
    hasBearerToken,
    isServerAction: headers.has('next-action'),
    timesChallenged: Number(readRedirectMark(search)) || 0,
    isStrictArrival:
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

/** The tokens that verify, with their end. The first of them counts, unless the data layer finds its session dead. */
async function verifiedOf(
  tokens: readonly string[],
  now: EpochMs,
  { accessTokens }: EdgeParts,
): Promise<{ token: string; expiresAt: EpochMs }[]> {
  const verified = []
  for (const token of tokens) {
    const verdict = await accessTokens.verify(token, now)
    if (verdict.status === 'good') verified.push({ token, expiresAt: verdict.claims.expiresAt })
  }
  return verified
}
