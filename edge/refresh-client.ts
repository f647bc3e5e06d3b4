import { parseSignInReason } from '@/http/address/return-path'
import { type CookieRole, cookieName } from '@/http/request/cookies'
import type { ReceivedAt } from '@/http/request/received-at'
import {
  type ErrorCode,
  INTERNAL_CALLER_HEADER,
  REFRESH_MODE_HEADER,
  REFRESH_WANT_HEADER,
  REQUEST_ID_HEADER,
} from '@/http/wire'
import { MAX_TOKEN_BYTES } from '@/session/keys/keyring'
import type { ClientInfo } from '@/session/session'
import type { EdgeContext } from './context'
import type { RefreshOutcome } from './gate'

/** The share of the refresh timeout that a request waits if it can be served without a refresh. */
const FALLBACK_SHARE = 3 / 8
const MAX_JITTER_MS = 100

/** A call of the refresh route, on behalf of one request. */
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
 * Calls the refresh route at the configured internal origin, never at one that a request names. After a network error or a 5xx
 * it tries once more within the timeout: two refreshes with one token are safe. Never throws for a failed call: the outcome
 * is `unavailable`.
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
  const response = await sendWithRetry(
    () => buildRequest(context, { ...ask, refreshTokens }),
    deadline,
  )
  const answer = response === null ? unavailable(null) : await readAnswer(response)
  if (answer.outcome.kind === 'unavailable') {
    const { requestId, traceParent } = ask
    context.reportUnansweredRefresh({ requestId, traceParent, status: response?.status ?? null })
  }
  return answer
}

/** False for a value that is too long for a token: the server would reject its header, which would look like an endless outage. */
function fitsToken(token: string): boolean {
  return token.length <= MAX_TOKEN_BYTES
}

/** Builds the request anew for each try, because the request says how long it has waited. */
async function sendWithRetry(build: () => Promise<InternalRequest>, deadline: AbortSignal) {
  const first = await send(await build(), deadline)
  if (first !== null && first.status < 500) return first
  await new Promise((resolve) => setTimeout(resolve, Math.random() * MAX_JITTER_MS))
  return send(await build(), deadline)
}

interface InternalRequest {
  readonly url: string
  readonly headers: Record<string, string>
}

async function buildRequest(
  { config, callers }: EdgeContext,
  { refreshTokens, challenges, accessOnly, client, received, requestId, traceParent }: RefreshCall,
): Promise<InternalRequest> {
  const pairs = (role: CookieRole, values: readonly string[]) =>
    values.map((value) => `${cookieName(role, config)}=${value}`)
  const cookies = [
    ...pairs('refresh', refreshTokens),
    ...pairs('challenge', challenges.filter(fitsToken)),
  ]
  const waitedMs = received.waitedMs()
  const now = received.at + waitedMs
  return {
    url: `${config.internalOrigin}/api/auth/refresh`,
    headers: {
      cookie: cookies.join('; '),
      [REFRESH_MODE_HEADER]: 'jar',
      ...(accessOnly ? { [REFRESH_WANT_HEADER]: 'access' } : {}),
      [REQUEST_ID_HEADER]: requestId,
      ...(traceParent === null ? {} : { traceparent: traceParent }),
      ...(config.protectionBypass ? { 'x-vercel-protection-bypass': config.protectionBypass } : {}),
      [INTERNAL_CALLER_HEADER]: await callers.sign(
        { ...client, waitedMs },
        refreshTokens.join(' '),
        now,
      ),
    },
  }
}

async function send({ url, headers }: InternalRequest, signal: AbortSignal) {
  try {
    return await fetch(url, {
      method: 'POST',
      headers,
      redirect: 'error',
      cache: 'no-store',
      signal,
    })
  } catch {
    return null
  }
}

/** Accepts the bodies of the canonical contract only, so that another server at this address ends no session. */
async function readAnswer(response: Response): Promise<RefreshResult> {
  const setCookies = response.headers.getSetCookie()
  const body = await response.json().catch(() => null)
  const code: ErrorCode | undefined = body?.error?.code
  if (response.status === 200 && typeof body?.token === 'string' && setCookies.length > 0) {
    return { outcome: { kind: 'granted' }, setCookies }
  }
  if (response.status === 401 && code === 'INVALID_REFRESH_TOKEN') {
    const reason = parseSignInReason(body.error.reason) ?? 'unknown'
    return { outcome: { kind: 'refused', reason }, setCookies: [] }
  }
  if (response.status === 409 && code === 'STALE_REFRESH_TOKEN') {
    return { outcome: { kind: 'challenged' }, setCookies }
  }
  return unavailable(response.headers.get('retry-after'))
}

function unavailable(retryAfter: string | null): RefreshResult {
  const seconds = /^\d{1,4}$/.test(retryAfter ?? '') ? Math.max(1, Number(retryAfter)) : 2
  return { outcome: { kind: 'unavailable', retryAfterSeconds: seconds }, setCookies: [] }
}
