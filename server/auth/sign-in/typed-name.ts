import 'server-only'
import {
  type CookiePolicy,
  cookieName,
  readCookies,
  setCookie,
  TYPED_NAME_COOKIE_SECONDS,
} from '@/http/request/cookies'
import { formField } from '@/server/http/request-body'

/** A name has at most 64 characters. Longer text cannot be a name, and would only fill the cookie jar. */
const MAX_LENGTH = 64

/**
 * The `Set-Cookie` line that carries the name of a failed form to its page; null if the form has no name or a too long one. A
 * cookie and not the address, because people type passwords into the name field, and addresses are logged, stored and shared.
 */
export function typedNameCookie(request: Request, policy: CookiePolicy): string | null {
  const name = formField(request, 'username') ?? ''
  if (name === '' || [...name].length > MAX_LENGTH) return null
  return setCookie('typedName', encodeURIComponent(name), TYPED_NAME_COOKIE_SECONDS, policy)
}

/** The name that was typed into the form that has just failed, to be shown in it again; null if there is none. */
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
