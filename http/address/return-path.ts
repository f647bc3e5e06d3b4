import { withoutParameter } from './query'
import { withRedirectMark } from './redirect-mark'

const MAX_LENGTH = 1024
const NOWHERE = 'http://origin.invalid'
/** Paths that are never returned to: sign-in itself, and addresses that are not pages. */
const NO_RETURN = /^\/(?:sign-in|sign-up|api|_next)(?:[/?#]|$)/i
/** The parameter of the Next.js router's own requests. It is never in a page's address. */
const ROUTER_PARAMETER = '_rsc'

/**
 * Parses a path of this origin to return to after sign-in. Returns null if the value leads to another origin, or any browser could
 * read it so (CWE-601). The query keeps its bytes, because a form parser would change `a%20b`, `?flag` and `%E9`. The rest is
 * serialized again.
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
  const search = withRedirectMark(withoutParameter(written, ROUTER_PARAMETER), null)
  const path = url.pathname + search + url.hash
  if (path.startsWith('//') || path.length > MAX_LENGTH || NO_RETURN.test(path)) return null
  return path
}

/** The query as it was written, or null if it has characters that are not valid in a URL (RFC 3986 §2). */
function writtenSearch(value: string): string | null {
  const [beforeFragment = ''] = value.split('#', 1)
  const start = beforeFragment.indexOf('?')
  const search = start < 0 ? '' : beforeFragment.slice(start)
  return /^[!#-;=?-~]*$/.test(search) ? search : null
}

/** The reasons for which a person is asked to sign in. The sign-in page ignores any other value. */
export const SIGN_IN_REASONS = ['expired', 'revoked', 'reused', 'signed_out', 'unknown'] as const
/** One of `SIGN_IN_REASONS`. */
export type SignInReason = (typeof SIGN_IN_REASONS)[number]

/** The value as a reason, or null if it is none of them. */
export function parseSignInReason(value: string | null | undefined): SignInReason | null {
  return SIGN_IN_REASONS.find((reason) => reason === value) ?? null
}

/** The address of the page that asks a signed-in person for the password, with the path to return to. */
export function confirmPath(next: string | null): string {
  const path = parseReturnPath(next)
  return path === null ? '/confirm' : `/confirm?${new URLSearchParams({ next: path })}`
}

/** The address of the sign-in page for a person who is signed in and has to prove again who they are. */
export function signInAgainPath(next: string | null): string {
  const path = parseReturnPath(next)
  return `/sign-in?${new URLSearchParams({ again: '1', ...(path === null ? {} : { next: path }) })}`
}

/** The address of the sign-in page, with the path to return to and the reason, if any. */
export function signInPath(next: string | null, reason: SignInReason | null): string {
  const query = new URLSearchParams()
  const path = parseReturnPath(next)
  if (path !== null && path !== '/') query.set('next', path)
  if (reason !== null) query.set('reason', reason)
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`
}
