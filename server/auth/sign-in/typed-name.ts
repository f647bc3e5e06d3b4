import 'server-only'
import {
  type CookiePolicy,
  cookieName,
  readCookies,
  setCookie,
  TYPED_NAME_COOKIE_SECONDS,
} from '@/http/request/cookies'
import { formField } from '@/server/http/request-body'

/** A name has at most 64 characters; what is longer is none, and would only fill the jar. */
const MAX_LENGTH = 64

/**
 * The `Set-Cookie` line that brings the name of a form that failed back to its page; null where there is none to bring. Not in
 * the address: people type passwords there, and addresses are logged, remembered and shared.
 */
export function typedNameCookie(request: Request, policy: CookiePolicy): string | null {
  const name = formField(request, 'username') ?? ''
  if (name === '' || [...name].length > MAX_LENGTH) return null
  return setCookie('typedName', encodeURIComponent(name), TYPED_NAME_COOKIE_SECONDS, policy)
}

/** What was typed as the name into the form that has just failed, to be shown in it again. */
export function readTypedName(
  headers: Pick<Headers, 'get'>,
  policy: Pick<CookiePolicy, 'secure'>,
): string | null {
  const [value = ''] = readCookies(headers.get('cookie'), cookieName('typedName', policy))
  try {
    const name = decodeURIComponent(value)
    return name === '' || [...name].length > MAX_LENGTH ? null : name
  } catch {
    return null
  }
}
