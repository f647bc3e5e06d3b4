import 'server-only'
import type { WireResponse } from '@/contracts/contract'
import { cookieJson } from '@/contracts/cookie-json'
import type { Refresh, RefreshAnswer } from '@/edge/refresh'
import type { CookiePolicy } from '@/http/request/cookies'
import { exchange } from '../auth/session/exchange'
import { observeRefresh } from '../auth/session/observed-refresh'
import { services } from '../composition'
import { parseClient } from '../http/client-info'
import { refreshRefusal, toHttpError } from '../http/http-error'
import { withinRequest } from '../http/request-context'

/**
 * Carries out a refresh in this process, as `/api/auth/refresh` does for middleware on the Edge: the same engine, limits, metrics,
 * log lines and span, and the answers of the same contract. The gate names the client itself, so nothing is signed. It never
 * throws. It does not end with the signal: as over HTTP, a refresh that comes too late is finished, and its answer is lost.
 */
export const refreshInProcess: Refresh = ({ headers, client, waitedMs }) => {
  const given = {
    get: (name: string) => headers[name] ?? null,
    has: (name: string) => name in headers,
  }
  return withinRequest(given, async () => {
    // A failure has a challenge for the jar only once there are services.
    let cookies: CookiePolicy = { secure: false, sameSite: 'lax' }
    try {
      const { config } = await services()
      cookies = config
      const request = { headers: given, body: undefined, cookies, clientId: null }
      const caller = { client: parseClient(client), waitedMs }
      const response = await observeRefresh(cookieJson.name, (decided) =>
        exchange(cookieJson, request, decided, () => caller),
      )
      return answerOf(response)
    } catch (thrown) {
      const error = toHttpError(thrown, refreshRefusal)
      return answerOf(cookieJson.fail(error, cookies), error.headers['Retry-After'])
    }
  })
}

function answerOf(
  { status, body, setCookies = [] }: WireResponse,
  retryAfter: string | null = null,
): RefreshAnswer {
  return { status, body, setCookies, retryAfter }
}
