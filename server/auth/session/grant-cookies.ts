import 'server-only'
import { cookies } from 'next/headers'
import type { Config } from '@/config/read'
import { type CookieRole, cookieName, setCookie } from '@/http/request/cookies'
import { services } from '@/server/composition'
import { cookiesOf } from '@/server/http/route'
import type { Grant } from '@/session/grant'
import { DEVICE_COOKIE_SECONDS } from '../account/device'

/** A cookie that a browser is to keep. */
export interface GrantCookie {
  readonly role: CookieRole
  readonly value: string
  readonly maxAgeSeconds: number
}

/**
 * What a browser keeps of a session that began or moved: its tokens, and the mark that says which session it was, once they
 * have left the jar. `account` is the name key.
 */
export async function grantCookies(
  headers: Headers,
  grant: Grant,
  account: string,
): Promise<GrantCookie[]> {
  const { config, devices } = await services()
  const known = await devices.read(cookiesOf(headers, config).device)
  const id = known?.account === account ? known.id : undefined
  const mark = await devices.issue({ id, account, sessionId: grant.sessionId })
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
    { role: 'device', value: mark, maxAgeSeconds: DEVICE_COOKIE_SECONDS },
  ]
}

/** Adds their `Set-Cookie` lines to a route handler's answer. */
export function appendCookies(
  headers: Headers,
  cookies: readonly GrantCookie[],
  config: Config,
): void {
  for (const { role, value, maxAgeSeconds } of cookies) {
    headers.append('Set-Cookie', setCookie(role, value, maxAgeSeconds, config))
  }
}

/** Sets them in the answer of the server action that is running. The page that is rendered in the same answer sees them. */
export async function setActionCookies(
  given: readonly GrantCookie[],
  config: Config,
): Promise<void> {
  const jar = await cookies()
  const { secure, sameSite } = config
  for (const { role, value, maxAgeSeconds: maxAge } of given) {
    jar.set(cookieName(role, config), value, {
      path: '/',
      httpOnly: true,
      secure,
      sameSite,
      maxAge,
    })
  }
}
