import 'server-only'
import { type CookiePolicy, type CookieRole, cookieName } from '@/http/request/cookies'
import type { EpochMs } from '@/session/time'
import type { TestCookie } from './wire'

/** A cookie with the attributes with which the server sets it (`setCookie`). */
export function testCookie(
  role: CookieRole,
  value: string,
  expiresAt: EpochMs,
  policy: CookiePolicy,
): TestCookie {
  return {
    name: cookieName(role, policy),
    value,
    path: '/',
    httpOnly: true,
    secure: policy.secure,
    sameSite: policy.sameSite === 'strict' ? 'Strict' : 'Lax',
    expires: Math.floor(expiresAt / 1000),
  }
}
