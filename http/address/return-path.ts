import { withAgain } from './again'
import { withoutParameter } from './query'

const MAX_LENGTH = 1024
const NOWHERE = 'http://origin.invalid'
/** Going back to these would not be going back to where one was. */
const NO_RETURN = /^\/(?:sign-in|sign-up|api|_next)(?:[/?#]|$)/i
/** Marks the router's own requests; no page has it in its address. */
const ROUTER_PARAMETER = '_rsc'

/**
 * A path of this origin to return to after signing in, or null where the value leads, or could be read by any
 * browser to lead, elsewhere (CWE-601). Its query keeps its bytes, as `a%20b`, `?flag` and `%E9` are not what parsers of forms
 * make of them; the rest is serialised anew.
 */
export function parseReturnPath(value: string | null | undefined): string | null {
  if (!value || value.length > MAX_LENGTH || !value.startsWith('/')) return null
  // Browsers read a backslash as a slash and drop tabs and line breaks (WHATWG URL §4.4).
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\\\u0000-\u001f\u007f]/.test(value)) return null
  if (!URL.canParse(value, NOWHERE)) return null
  const url = new URL(value, NOWHERE)
  if (url.origin !== NOWHERE || url.username || url.password) return null
  const written = writtenSearch(value) ?? url.search
  const search = withAgain(withoutParameter(written, ROUTER_PARAMETER), null)
  const path = url.pathname + search + url.hash
  if (path.startsWith('//') || path.length > MAX_LENGTH || NO_RETURN.test(path)) return null
  return path
}

/** The query as it was written, or null where it has characters that no address has (RFC 3986 §2). */
function writtenSearch(value: string): string | null {
  const [beforeFragment = ''] = value.split('#', 1)
  const start = beforeFragment.indexOf('?')
  const search = start < 0 ? '' : beforeFragment.slice(start)
  return /^[!#-;=?-~]*$/.test(search) ? search : null
}

/** Why a person is asked to sign in; nothing else is ever put into that address or shown from it. */
export const SIGN_IN_REASONS = ['expired', 'revoked', 'reused', 'signed_out', 'unknown'] as const
export type SignInReason = (typeof SIGN_IN_REASONS)[number]

export function parseSignInReason(value: string | null | undefined): SignInReason | null {
  return SIGN_IN_REASONS.find((reason) => reason === value) ?? null
}

/** The address of the page that asks a signed-in person for the password, with the way back. */
export function confirmPath(next: string | null): string {
  const path = parseReturnPath(next)
  return path === null ? '/confirm' : `/confirm?${new URLSearchParams({ next: path })}`
}

/** The address of the sign-in page, with the way back and the reason where there is one. */
export function signInPath(next: string | null, reason: SignInReason | null): string {
  const query = new URLSearchParams()
  const path = parseReturnPath(next)
  if (path !== null && path !== '/') query.set('next', path)
  if (reason !== null) query.set('reason', reason)
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`
}
