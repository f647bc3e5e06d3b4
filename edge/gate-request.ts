import type { NextRequest } from 'next/server'
import { bearerToken } from '@/session/bearer'
import { cookieName, readCookie } from '@/session/cookies'
import { type AccessState, accessState, type GateRequest, isRead, isUngated } from '@/session/gate'
import type { EpochMs } from '@/session/store'
import type { EdgeParts } from './parts'

/** A request as the gate sees it, as of the moment it was received. The access token is verified only where the gate will ask for it. */
export async function gateRequest(
  request: NextRequest,
  parts: EdgeParts,
  receivedAt: EpochMs,
): Promise<GateRequest> {
  const { method, headers } = request
  const { config } = parts
  const { pathname, search } = new URL(request.url)
  const cookies = headers.get('cookie')
  const hasBearerToken = bearerToken(headers) !== null
  const accessToken =
    hasBearerToken || isUngated(pathname) ? null : readCookie(cookies, cookieName('access', config))
  return {
    method,
    pathname,
    search,
    access: accessToken === null ? 'dead' : await stateOf(accessToken, receivedAt, parts),
    hasRefreshToken: readCookie(cookies, cookieName('refresh', config)) !== null,
    hasBearerToken,
    isServerAction: headers.has('next-action'),
    isStrictArrival:
      config.sameSite === 'strict' &&
      isRead(method) &&
      headers.get('sec-fetch-site') === 'cross-site' &&
      headers.get('sec-fetch-mode') === 'navigate',
  }
}

async function stateOf(
  token: string,
  now: EpochMs,
  { config, accessTokens }: EdgeParts,
): Promise<AccessState> {
  const verdict = await accessTokens.verify(token, now)
  const expiresAt = verdict.status === 'good' ? verdict.claims.expiresAt : null
  return accessState(expiresAt, now, config.leewayMs)
}
