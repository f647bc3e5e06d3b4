/** How this deployment sets cookies. On an https origin they are Secure and carry the prefix `__Host-` (RFC 6265bis §4.1.3.2). */
export interface CookiePolicy {
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict'
}

/** The purpose of a cookie that the app sets. */
export type CookieRole = 'access' | 'refresh' | 'challenge' | 'device' | 'typedName' | 'attempt'

const BARE_NAMES: Record<CookieRole, string> = {
  access: 'access_token',
  refresh: 'refresh_token',
  challenge: 'refresh_challenge',
  device: 'known_device',
  typedName: 'typed_name',
  attempt: 'sign_in_attempt',
}

/** The `Max-Age` of a challenge. */
export const CHALLENGE_COOKIE_SECONDS = 60

/** The `Max-Age` of a sign-in attempt: for how long an open sign-in page is known as this jar's. */
export const ATTEMPT_COOKIE_SECONDS = 24 * 60 * 60

/** The `Max-Age` of the name that was typed into a form that failed, and which the form shows again. */
export const TYPED_NAME_COOKIE_SECONDS = 60

/** The name of a cookie. On https it has the prefix `__Host-`, so that a sibling subdomain cannot set it. */
export function cookieName(role: CookieRole, policy: Pick<CookiePolicy, 'secure'>): string {
  return policy.secure ? `__Host-${BARE_NAMES[role]}` : BARE_NAMES[role]
}

/** The `Set-Cookie` line for a token: host-only, HttpOnly, and deleted by the browser when the token expires. */
export function setCookie(
  role: CookieRole,
  value: string,
  maxAgeSeconds: number,
  policy: CookiePolicy,
): string {
  const sameSite = policy.sameSite === 'strict' ? 'Strict' : 'Lax'
  const secure = policy.secure ? '; Secure' : ''
  const name = cookieName(role, policy)
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=${sameSite}${secure}`
}

/** The `Set-Cookie` line that deletes a cookie. It has the attributes with which the cookie was set. */
export function deleteCookie(role: CookieRole, policy: CookiePolicy): string {
  return setCookie(role, '', 0, policy)
}

/** How many cookies of one name are read. Each costs a verification, and a sibling subdomain can set any number. */
export const MAX_CANDIDATES = 4

/**
 * The values of a cookie in a `Cookie` header, in order, without empty ones and duplicates, at most `MAX_CANDIDATES`. There are
 * several if another path or domain has set a cookie of the same name, which a server cannot tell from its own (RFC 6265 §8.6).
 * The caller verifies each, and uses those that it accepts.
 */
export function readCookies(header: string | null, name: string): readonly string[] {
  return header === null ? [] : (parseCookies(header).get(name) ?? [])
}

/** The values that `readCookies` returns, by the name of the cookie. */
type Cookies = ReadonlyMap<string, readonly string[]>

let latest: { readonly header: string; readonly cookies: Cookies } | undefined

/** Parses a header in linear time. The latest result is kept, because several cookies are read from one request. */
function parseCookies(header: string): Cookies {
  if (latest?.header === header) return latest.cookies
  const cookies = new Map<string, string[]>()
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const value = trim(pair.slice(equals + 1))
    if (value === '') continue
    const name = trim(pair.slice(0, equals))
    const values = cookies.get(name)
    if (!values) cookies.set(name, [value])
    else if (values.length < MAX_CANDIDATES && !values.includes(value)) values.push(value)
  }
  latest = { header, cookies }
  return cookies
}

/** The `Cookie` header with the named cookies replaced by the given values. */
export function replaceCookies(
  header: string | null,
  values: Record<string, string | readonly string[]>,
): string {
  const kept = (header ?? '').split(';').filter((pair) => {
    const name = trim(pair.split('=', 1)[0] ?? '')
    return name !== '' && !Object.hasOwn(values, name)
  })
  const added = Object.entries(values).flatMap(([name, given]) =>
    [given].flat().map((value) => `${name}=${value}`),
  )
  return [...kept.map(trim), ...added].join('; ')
}

/** The names and values of the `Set-Cookie` lines that set a cookie. Lines that delete one are left out. */
export function cookiePairs(setCookies: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = Object.create(null)
  for (const line of setCookies) {
    const [pair = ''] = line.split(';', 1)
    const equals = pair.indexOf('=')
    const value = pair.slice(equals + 1)
    if (equals > 0 && value !== '') pairs[pair.slice(0, equals)] = value
  }
  return pairs
}

/**
 * Strips spaces and tabs, the only characters that may surround a cookie (RFC 6265 §5.2). `String.trim` would also strip U+00A0,
 * with which a sibling subdomain could pass off a cookie as one that has the prefix. This is a loop, because a regular expression
 * for trailing spaces takes quadratic time if other characters follow them.
 */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text, start)) start++
  while (end > start && isBlank(text, end - 1)) end--
  return text.slice(start, end)
}

function isBlank(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  return code === 0x20 || code === 0x09
}
