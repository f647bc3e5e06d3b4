import { parseSignInReason } from '@/http/address/return-path'
import { type CookieRole, cookieName } from '@/http/request/cookies'
import type { ReceivedAt } from '@/http/request/received-at'
import {
  INTERNAL_CALLER_HEADER,
  REFRESH_MODE_HEADER,
  REFRESH_WANT_HEADER,
  REQUEST_ID_HEADER,
} from '@/http/wire'
import { MAX_TOKEN_BYTES } from '@/session/keys/keyring'
import type { ClientInfo } from '@/session/session'
import type { EdgeParts } from './context'
import type { RefreshOutcome } from './gate'

/** The share of the time for a refresh after which the old access token, where it still serves, has to do. */
const SHARE_WITH_SPARE = 3 / 8
const MAX_JITTER_MS = 100

/** What middleware asks the refresh route to renew. */
export interface RefreshAsk {
  /** What the request's cookies have for a refresh token, and for a challenge: several where another path or domain set one. */
  readonly refreshTokens: readonly string[]
  readonly challenges: readonly string[]
  readonly accessOnly: boolean
  readonly client: ClientInfo
  readonly arrival: ReceivedAt
  /** Whether the request can be served without it, should this fail. */
  readonly hasSpare: boolean
  readonly requestId: string
  /** The trace that the call belongs to, or null. */
  readonly traceParent: string | null
}

/** The outcome for the gate, and the raw `Set-Cookie` lines that go with it. */
export interface RefreshAnswer {
  readonly outcome: RefreshOutcome
  readonly setCookies: readonly string[]
}

/**
 * Refreshes through the refresh route at the configured internal origin, never one that a request names. Within its
 * budget it tries once more after a network error or a 5xx: a rotation is safe to ask for twice.
 */
export async function callRefresh(parts: EdgeParts, ask: RefreshAsk): Promise<RefreshAnswer> {
  const refreshTokens = ask.refreshTokens.filter(mayBeOurs)
  if (refreshTokens.length === 0) {
    return { outcome: { kind: 'refused', reason: 'unknown' }, setCookies: [] }
  }
  const { refreshTimeoutMs } = parts.config
  const deadline = AbortSignal.timeout(
    ask.hasSpare ? refreshTimeoutMs * SHARE_WITH_SPARE : refreshTimeoutMs,
  )
  const response = await sendPatiently(
    () => buildRequest(parts, { ...ask, refreshTokens }),
    deadline,
  )
  const answer = response === null ? unavailable(null) : await readAnswer(response)
  if (answer.outcome.kind === 'unavailable') {
    const { requestId, traceParent } = ask
    parts.reportUnanswered({ requestId, traceParent, status: response?.status ?? null })
  }
  return answer
}

/** False for what is too long to be sent on: the refusal of its size would look like an outage that never ends. */
function mayBeOurs(token: string): boolean {
  return token.length <= MAX_TOKEN_BYTES
}

/** The request is built for each try, as it says for how long it has waited. */
async function sendPatiently(build: () => Promise<InternalRequest>, deadline: AbortSignal) {
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
  { config, callers }: EdgeParts,
  { refreshTokens, challenges, accessOnly, client, arrival, requestId, traceParent }: RefreshAsk,
): Promise<InternalRequest> {
  const pairs = (role: CookieRole, values: readonly string[]) =>
    values.map((value) => `${cookieName(role, config)}=${value}`)
  const cookies = [
    ...pairs('refresh', refreshTokens),
    ...pairs('challenge', challenges.filter(mayBeOurs)),
  ]
  const waitedMs = arrival.waitedMs()
  const now = arrival.at + waitedMs
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

/** Only the canonical contract's own words count: whatever else answers at that address ends no session. */
async function readAnswer(response: Response): Promise<RefreshAnswer> {
  const setCookies = response.headers.getSetCookie()
  const body = await response.json().catch(() => null)
  if (response.status === 200 && typeof body?.token === 'string' && setCookies.length > 0) {
    return { outcome: { kind: 'granted' }, setCookies }
  }
  if (response.status === 401 && body?.error?.code === 'INVALID_REFRESH_TOKEN') {
    const reason = parseSignInReason(body.error.reason) ?? 'unknown'
    return { outcome: { kind: 'refused', reason }, setCookies: [] }
  }
  if (response.status === 409 && body?.error?.code === 'STALE_REFRESH_TOKEN') {
    return { outcome: { kind: 'challenged' }, setCookies }
  }
  return unavailable(response.headers.get('retry-after'))
}

function unavailable(retryAfter: string | null): RefreshAnswer {
  const seconds = /^\d{1,4}$/.test(retryAfter ?? '') ? Math.max(1, Number(retryAfter)) : 2
  return { outcome: { kind: 'unavailable', retryAfterSeconds: seconds }, setCookies: [] }
}
