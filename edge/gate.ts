import { type SignInReason, signInPath } from '@/http/address/return-path'
import { isRead } from '@/http/request/methods'
import { MAX_CHALLENGES } from '@/session/rotation'
import type { EpochMs } from '@/session/time'

/** What anybody may see, beside the files of `public/`. Everything else is gated, so that a new page is protected unless it says otherwise. */
const PUBLIC_PATHS: ReadonlySet<string> = new Set([
  '/',
  '/sign-in',
  '/sign-up',
  '/docs',
  '/icon.svg',
  '/favicon.ico',
  '/apple-icon.png',
  '/manifest.webmanifest',
  '/robots.txt',
  '/sitemap.xml',
  '/api/health',
  '/api/metrics',
  '/login',
  '/refresh',
  '/refresh_token',
  '/protected',
  '/api/openapi.json',
])
/** Public pages that show something else to a person with a session. */
const SESSION_AWARE_PATHS: ReadonlySet<string> = new Set(['/', '/sign-in', '/sign-up', '/docs'])
/** These answer for themselves: signing out must not refresh first, and public keys are anybody’s. */
const UNGATED_PREFIXES = [
  '/api/auth/',
  '/api/cron/',
  '/api/health/',
  '/api/refresh/',
  '/oauth/',
  '/.well-known/',
  '/_next/',
]

const RETRY_AFTER_SECONDS = 2

/** How much life the access token has left: a missing one and an expired one are the same to the gate. */
export type AccessState = 'good' | 'ending' | 'dead'

export interface GateRequest {
  readonly method: string
  readonly pathname: string
  /** The query with its question mark, or empty. */
  readonly search: string
  readonly access: AccessState
  readonly hasRefreshToken: boolean
  /** It brings a Bearer token that counts: under /api/ any (RFC 6750 §2.1), for a page one that verifies. */
  readonly hasBearerToken: boolean
  /** A server action called by the client router (`Next-Action`). */
  readonly isServerAction: boolean
  /** How often this request was sent back to its jar, as its address says. */
  readonly timesChallenged: number
  /** A document asked for by another site, under `SameSite=Strict`: its cookies stayed at home. */
  readonly isStrictArrival: boolean
}

export type GateAnswer =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refresh'; readonly accessOnly: boolean }
  | Denial

/** What somebody without a session gets. */
export type Denial =
  | { readonly kind: 'sign in'; readonly location: string }
  /** Let through without a session: the action's own check answers with a redirect that the client router follows. */
  | { readonly kind: 'pass bare' }
  | { readonly kind: 'refuse' }
  /** A tiny page that asks again from this site. */
  | { readonly kind: 'ask again' }

/** What came of asking the refresh route. */
export type RefreshOutcome =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly reason: SignInReason }
  | { readonly kind: 'challenged' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }

export type Settlement =
  | { readonly kind: 'deliver' }
  | { readonly kind: 'pass' }
  /** The public page is shown as to a stranger, and the challenge goes with it. */
  | { readonly kind: 'pass challenged' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'unavailable'; readonly retryAfterSeconds: number }
  | Denial

/** What a request with these cookies deserves. Pure; it decides who is asked to sign in, never who may read data. */
export function gate(request: GateRequest): GateAnswer {
  if (!usesSession(request.pathname) || request.hasBearerToken) return { kind: 'pass' }
  if (request.access === 'good') return { kind: 'pass' }
  if (request.hasRefreshToken) return { kind: 'refresh', accessOnly: !isRead(request.method) }
  if (mayPass(request)) return { kind: 'pass' }
  return deny(request, null)
}

/** What becomes of the request once the refresh route has answered, or has not. */
export function resolveRefresh(request: GateRequest, outcome: RefreshOutcome): Settlement {
  switch (outcome.kind) {
    case 'granted':
      return { kind: 'deliver' }
    case 'refused':
      return isUngated(request.pathname) ? { kind: 'pass' } : deny(request, outcome.reason)
    case 'challenged':
      return challenged(request)
    case 'unavailable':
      return mayPass(request) ? { kind: 'pass' } : outcome
  }
}

/** True if the request can be served without a refresh: the access token still lives, or the page is public. */
export function mayPass({ access, pathname }: GateRequest): boolean {
  return access === 'ending' || isUngated(pathname)
}

/** True if what is served at this path depends on the session, so that a dead access token is renewed first. */
export function usesSession(pathname: string): boolean {
  return !isUngated(pathname) || SESSION_AWARE_PATHS.has(pathname)
}

/** How much life is left in an access token that ends at `expiresAt`. */
export function accessState(
  expiresAt: EpochMs | null,
  now: EpochMs,
  leewayMs: number,
): AccessState {
  if (expiresAt === null || now >= expiresAt) return 'dead'
  return now >= expiresAt - leewayMs ? 'ending' : 'good'
}

export function isUngated(pathname: string): boolean {
  return (
    PUBLIC_PATHS.has(pathname) || UNGATED_PREFIXES.some((prefix) => pathname.startsWith(prefix))
  )
}

/** True for a path whose answers are for programs: never a page, never a redirect to one. */
export function isApi(pathname: string): boolean {
  return pathname === '/api' || pathname.startsWith('/api/')
}

/**
 * The address counts, too: a jar that drops cookies on redirects never brings a challenge back, and would be sent round for ever.
 * An answer that is no redirect hands it the challenge, and what it asks next is served.
 */
function challenged(request: GateRequest): Settlement {
  if (request.access === 'ending') return { kind: 'pass' }
  if (request.timesChallenged < MAX_CHALLENGES) return { kind: 'retry' }
  if (isUngated(request.pathname)) return { kind: 'pass challenged' }
  return { kind: 'unavailable', retryAfterSeconds: RETRY_AFTER_SECONDS }
}

function deny(request: GateRequest, reason: SignInReason | null): Denial {
  if (isApi(request.pathname)) return { kind: 'refuse' }
  if (request.isServerAction && request.method === 'POST') return { kind: 'pass bare' }
  if (request.isStrictArrival && !request.hasRefreshToken) return { kind: 'ask again' }
  return { kind: 'sign in', location: signInPath(request.pathname + request.search, reason) }
}
