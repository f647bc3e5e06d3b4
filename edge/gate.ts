import { type SignInReason, signInPath } from '@/http/address/return-path'
import { isRead } from '@/http/request/methods'
import type { ErrorCode } from '@/http/wire'
import { MAX_CHALLENGES } from '@/session/rotation'
import type { EpochMs } from '@/session/time'
import { isApi, isPublic, usesSession } from './paths'

const RETRY_AFTER_SECONDS = 2

/** The state of the access token: `ending` within the leeway before it expires, `dead` if it is missing or has expired. */
export type AccessState = 'good' | 'ending' | 'dead'

/** A request, as far as the gate reads it. */
export interface GateRequest {
  readonly method: string
  readonly pathname: string
  /** The query with its question mark, or empty. */
  readonly search: string
  readonly access: AccessState
  /** True if the request has a cookie of the access token's name, whether or not it verifies. */
  readonly hasAccessToken: boolean
  readonly hasRefreshToken: boolean
  /** True if the request has a Bearer token: any under /api/ (RFC 6750 §2.1), for a page only one that verifies. */
  readonly hasBearerToken: boolean
  /** A server action called by the client router (`Next-Action`). */
  readonly isServerAction: boolean
  /** How often this request was sent back to its cookie jar, according to its URL. */
  readonly timesChallenged: number
  /** A navigation from another site under `SameSite=Strict`: the browser withheld its cookies. */
  readonly isStrictNavigation: boolean
}

/** What middleware does with a request before any refresh. */
export type GateDecision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refresh'; readonly accessOnly: boolean }
  | Denial

/** What middleware does with a request without a session. Only `continue-signed-out` lets it continue. */
export type Denial =
  | { readonly kind: 'sign-in'; readonly location: string }
  /** The request continues as one without a session: the action's own check answers with a redirect that the client router follows. */
  | { readonly kind: 'continue-signed-out' }
  /** 401: the request has no token at all, or none that is good. */
  | { readonly kind: 'refuse'; readonly code: RefusalCode }
  /** A page that reloads itself, so that the next request comes from this site and carries its cookies. */
  | { readonly kind: 'reload-same-site' }

/** The code of a 401 by the gate. */
export type RefusalCode = Extract<ErrorCode, 'MISSING_ACCESS_TOKEN' | 'INVALID_ACCESS_TOKEN'>

/** The result of the call to the refresh route. */
export type RefreshOutcome =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly reason: SignInReason }
  | { readonly kind: 'challenged' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }

/** What middleware does with a request after the call to the refresh route. */
export type RefreshResolution =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'pass' }
  /** The public page is rendered without a session, and its response sets the challenge cookie. */
  | { readonly kind: 'pass-challenged' }
  /**
   * The client's token was challenged. The client is redirected to the same address, marked with `_again`, and comes back with what its
   * jar holds by then.
   */
  | { readonly kind: 'send-back-to-jar' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
  | Denial

/**
 * Decides whether a request passes, is refreshed first, or is asked to sign in. Pure. The gate never decides who may read data:
 * the data layer does.
 */
export function gate(request: GateRequest): GateDecision {
  if (!usesSession(request.pathname) || request.hasBearerToken) return { kind: 'pass' }
  if (request.access === 'good') return { kind: 'pass' }
  if (request.hasRefreshToken) return { kind: 'refresh', accessOnly: !isRead(request.method) }
  if (mayPass(request)) return { kind: 'pass' }
  return deny(request, null)
}

/** Decides how a request continues after the call to the refresh route. Pure. */
export function resolveRefresh(request: GateRequest, outcome: RefreshOutcome): RefreshResolution {
  switch (outcome.kind) {
    case 'granted':
      return { kind: 'deliver' }
    case 'refused':
      return isPublic(request.pathname) ? { kind: 'pass' } : deny(request, outcome.reason)
    case 'challenged':
      return challenged(request)
    case 'unavailable':
      return mayPass(request) ? { kind: 'pass' } : outcome
  }
}

/** True if the request can be served without a refresh: the access token has not expired, or the path is public. */
export function mayPass({ access, pathname }: GateRequest): boolean {
  return access !== 'dead' || isPublic(pathname)
}

/** The state at `now` of an access token that expires at `expiresAt`; null stands for a missing or invalid token. */
export function accessState(
  expiresAt: EpochMs | null,
  now: EpochMs,
  leewayMs: number,
): AccessState {
  if (expiresAt === null || now >= expiresAt) return 'dead'
  return now >= expiresAt - leewayMs ? 'ending' : 'good'
}

/**
 * Decides what a challenged request gets. The mark in the URL counts its redirects, because a client may drop the cookies of redirects:
 * it would bring no challenge back, and be redirected for ever. After the last redirect it gets another response, whose challenge
 * cookie it keeps. Its next request brings the challenge, and is served.
 */
function challenged(request: GateRequest): RefreshResolution {
  if (request.access !== 'dead') return { kind: 'pass' }
  if (request.timesChallenged < MAX_CHALLENGES) return { kind: 'send-back-to-jar' }
  if (isPublic(request.pathname)) return { kind: 'pass-challenged' }
  return { kind: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS }
}

function deny(request: GateRequest, reason: SignInReason | null): Denial {
  if (isApi(request.pathname)) return { kind: 'refuse', code: refusalCode(request) }
  if (request.isServerAction && request.method === 'POST') return { kind: 'continue-signed-out' }
  if (request.isStrictNavigation && !request.hasRefreshToken) return { kind: 'reload-same-site' }
  return { kind: 'sign-in', location: signInPath(request.pathname + request.search, reason) }
}

function refusalCode({ hasAccessToken, hasRefreshToken }: GateRequest): RefusalCode {
  return hasAccessToken || hasRefreshToken ? 'INVALID_ACCESS_TOKEN' : 'MISSING_ACCESS_TOKEN'
}
