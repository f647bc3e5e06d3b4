import 'server-only'
import type { Config } from '@/config/read'
import { type CookieRole, setCookie } from '@/http/request/cookies'
import { services } from '@/server/composition'
import { cookiesOf } from '@/server/http/route'
import type { Grant } from '@/session/grant'
import { DEVICE_COOKIE_SECONDS } from '../account/device-token'

/** A cookie that carries a part of a grant to the browser. */
export interface GrantCookie {
  readonly role: CookieRole
  readonly value: string
  readonly maxAgeSeconds: number
}

/**
 * The cookies of a session that began or moved: its tokens, and the device token, which names the session after the tokens have
 * expired. `nameKey` is the user's: a browser whose device token names that account stays the same device.
 */
export async function grantCookies(
  headers: Headers,
  grant: Grant,
  nameKey: string,
): Promise<GrantCookie[]> {
  const { config, devices } = await services()
  const known = await devices.read(cookiesOf(headers, config).device)
  const id = known?.account === nameKey ? known.id : undefined
  const deviceToken = await devices.issue({ id, account: nameKey, sessionId: grant.sessionId })
  const { access, refresh } = grant
  return [
    { role: 'access', value: access.token, maxAgeSeconds: access.expiresInSeconds },
    ...(refresh
      ? [
          {
            role: 'refresh',
            value: refresh.token,
            maxAgeSeconds: refresh.expiresInSeconds,
          } as const,
        ]
      : []),
    { role: 'device', value: deviceToken, maxAgeSeconds: DEVICE_COOKIE_SECONDS },
  ]
}

/** Appends the cookies to the headers of a route handler's response. */
export function appendCookies(
  headers: Headers,
  cookies: readonly GrantCookie[],
  config: Config,
): void {
  for (const { role, value, maxAgeSeconds } of cookies) {
    headers.append('Set-Cookie', setCookie(role, value, maxAgeSeconds, config))
  }
}
