import type { EdgeConfig } from '@/config/edge'
import { INTERNAL_CALLER_HEADER } from '@/http/wire'
import { keyringFor, openKeyring } from '@/session/keys/keyring'
import { createInternalCallers } from '@/session/tokens/internal-caller'
import type { Refresh } from './refresh'

/**
 * Opens the refresh route at the configured internal origin, never at one that a request names. Each call is signed, so that the
 * route believes what middleware says of the client.
 * @throws where a key cannot be imported.
 */
export async function openRefreshRoute(config: EdgeConfig): Promise<Refresh> {
  const keyring = await openKeyring(config.refreshTokenSecrets, 'internal')
  const callers = createInternalCallers(keyringFor(config.issuer, keyring))
  const url = `${config.internalOrigin}/api/auth/refresh`
  const bypass: Record<string, string> = config.protectionBypass
    ? { 'x-vercel-protection-bypass': config.protectionBypass }
    : {}

  return async ({ headers, refreshTokens, client, waitedMs, now }, signal) => {
    const assertion = await callers.sign({ ...client, waitedMs }, refreshTokens.join(' '), now)
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, ...bypass, [INTERNAL_CALLER_HEADER]: assertion },
      redirect: 'error',
      cache: 'no-store',
      signal,
    })
    return {
      status: response.status,
      setCookies: response.headers.getSetCookie(),
      retryAfter: response.headers.get('retry-after'),
      body: await response.json().catch(() => null),
    }
  }
}
