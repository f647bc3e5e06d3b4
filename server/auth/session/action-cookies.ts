import 'server-only'
import { cookies } from 'next/headers'
import type { Config } from '@/config/read'
import { cookieName } from '@/http/request/cookies'
import type { GrantCookie } from './grant-cookies'

/** Sets the cookies in a server action. The page that is rendered in the same response reads the new values. */
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
