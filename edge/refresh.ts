import { parseSignInReason } from '@/http/address/return-path'
import { type CookieRole, cookieName } from '@/http/request/cookies'
import type { ReceivedAt } from '@/http/request/received-at'
import {
  type ErrorCode,
  REFRESH_MODE_HEADER,
  REFRESH_WANT_HEADER,
  REQUEST_ID_HEADER,
} from '@/http/wire'
import { MAX_TOKEN_BYTES } from '@/session/keys/keyring'
import type { ClientInfo } from '@/session/session'
import type { EpochMs } from '@/session/time'
import type { EdgeContext } from './context'
import type { RefreshOutcome } from './gate'

/** The share of the refresh timeout that a request waits if it can be served without a refresh. */
const FALLBACK_SHARE = 3 / 8
const MAX_JITTER_MS = 100

/**
 * Carries out a refresh once, in the format of the canonical contract. It may throw, or take longer than `signal` allows: its
 * caller counts either as no answer.
 */
export type Refresh = (request: InternalRefresh, signal: AbortSignal) => Promise<RefreshAnswer>

/** One try of a refresh, on behalf of a request. */
export interface InternalRefresh {
  /** The headers of the canonical contract, their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The refresh tokens that stand in the headers. */
  readonly refreshTokens: readonly string[]
  /** The client of the request, as middleware sees it. */
  readonly client: ClientInfo
  /** How long ago, in milliseconds, the server received the request. */
  readonly waitedMs: number
  /** The time of the request by the clock that machines agree on. */
  readonly now: EpochMs
}

/** The response of the canonical contract, as far as the gate reads it. */
export interface RefreshAnswer {
  readonly status: number
  /** The parsed JSON; null if it was none. */
  readonly body: unknown
  /** Raw `Set-Cookie` lines. */
  readonly setCookies: readonly string[]
  /** The value of `Retry-After`, or null. */
  readonly retryAfter: string | null
}

/** What a request needs of a refresh. */
export interface RefreshCall {
  /** The values of the refresh token's and the challenge's cookies: several if another path or domain set one of that name. */
  readonly refreshTokens: readonly string[]
  readonly challenges: readonly string[]
  readonly accessOnly: boolean
  readonly client: ClientInfo
  readonly received: ReceivedAt
  /** True if the request can be served without a refresh. */
  readonly hasFallback: boolean
  readonly requestId: string
  /** The trace that the call belongs to, or null. */
  readonly traceParent: string | null
}

/** The outcome for the gate, and the raw `Set-Cookie` lines for the browser. */
export interface RefreshResult {
  readonly outcome: RefreshOutcome
  readonly setCookies: readonly string[]
}

/**
 * Refreshes on behalf of a request. Where there is no answer or a 5xx it tries once more within the timeout: two refreshes with
 * one token are safe. Never throws for a failed refresh: the outcome is `unavailable`.
 */
export async function callRefresh(context: EdgeContext, ask: RefreshCall): Promise<RefreshResult> {
  const refreshTokens = ask.refreshTokens.filter(fitsToken)
  if (refreshTokens.length === 0) {
    return { outcome: { kind: 'refused', reason: 'unknown' }, setCookies: [] }
  }
  const { refreshTimeoutMs } = context.config
  const deadline = AbortSignal.timeout(
    ask.hasFallback ? refreshTimeoutMs * FALLBACK_SHARE : refreshTimeoutMs,
  )
  const given = await tryTwice(context, { ...ask, refreshTokens }, deadline)
  const result = given === null ? unavailable(null) : readAnswer(given)
  if (result.outcome.kind === 'unavailable') {
    const { requestId, traceParent } = ask
    context.reportUnansweredRefresh({ requestId, traceParent, status: given?.status ?? null })
  }
  return result
}

/** False for a value that is too long for a token: the server would reject its header, which would look like an endless outage. */
function fitsToken(token: string): boolean {
  return token.length <= MAX_TOKEN_BYTES
}

async function tryTwice(
  context: EdgeContext,
  ask: RefreshCall,
  deadline: AbortSignal,
): Promise<RefreshAnswer | null> {
  const first = await tryOnce(context, ask, deadline)
  if (first !== null && first.status < 500) return first
  await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_JITTER_MS))
  return tryOnce(context, ask, deadline)
}

/** Builds the request anew for each try, because it says how long the client's request has waited. Null without an answer in time. */
async function tryOnce(
  { config, refresh }: EdgeContext,
  ask: RefreshCall,
  deadline: AbortSignal,
): Promise<RefreshAnswer | null> {
  if (deadline.aborted) return null
  const { refreshTokens, client, received } = ask
  const headers = headersOf(ask, config)
  const waitedMs = received.waitedMs()
  const now = received.at + waitedMs
  try {
    return await within(
      refresh({ headers, refreshTokens, client, waitedMs, now }, deadline),
      deadline,
    )
  } catch {
    return null
  }
}

/** Settles as `work` does. @throws when `deadline` passes first. What `work` comes to after that is of no interest. */
function within<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(deadline.reason)
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', late))
    deadline.addEventListener('abort', late)
  })
}

function headersOf(
  { refreshTokens, challenges, accessOnly, requestId, traceParent }: RefreshCall,
  config: EdgeContext['config'],
): Record<string, string> {
  const pairs = (role: CookieRole, values: readonly string[]) =>
    values.map((value) => `${cookieName(role, config)}=${value}`)
  const cookies = [
    ...pairs('refresh', refreshTokens),
    ...pairs('challenge', challenges.filter(fitsToken)),
  ]
  return {
    cookie: cookies.join('; '),
    [REFRESH_MODE_HEADER]: 'jar',
    ...(accessOnly ? { [REFRESH_WANT_HEADER]: 'access' } : {}),
    [REQUEST_ID_HEADER]: requestId,
    ...(traceParent === null ? {} : { traceparent: traceParent }),
  }
}

/** What the gate reads of a body, which may be anything. */
interface CanonicalBody {
  readonly token?: unknown
  readonly error?: { readonly code?: ErrorCode; readonly reason?: string } | null
}

/** Accepts the bodies of the canonical contract only, so that another server at this address ends no session. */
function readAnswer({ status, body, setCookies, retryAfter }: RefreshAnswer): RefreshResult {
  const { token, error } = (body ?? {}) as CanonicalBody
  if (status === 200 && typeof token === 'string' && setCookies.length > 0) {
    return { outcome: { kind: 'granted' }, setCookies }
  }
  if (status === 401 && error?.code === 'INVALID_REFRESH_TOKEN') {
    const reason = parseSignInReason(error.reason) ?? 'unknown'
    return { outcome: { kind: 'refused', reason }, setCookies: [] }
  }
  if (status === 409 && error?.code === 'STALE_REFRESH_TOKEN') {
    return { outcome: { kind: 'challenged' }, setCookies }
  }
  return unavailable(retryAfter)
}

function unavailable(retryAfter: string | null): RefreshResult {
  const seconds = /^\d{1,4}$/.test(retryAfter ?? '') ? Math.max(1, Number(retryAfter)) : 2
  return { outcome: { kind: 'unavailable', retryAfterSeconds: seconds }, setCookies: [] }
}
