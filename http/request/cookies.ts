/** How this deployment sets cookies. On an https origin they are Secure and carry the prefix `__Host-` (RFC 6265bis §4.1.3.2). */
export interface CookiePolicy {
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict'
}

export type CookieRole = 'access' | 'refresh' | 'challenge' | 'device' | 'typedName' | 'attempt'

const BARE_NAMES: Record<CookieRole, string> = {
  access: 'access_token',
  refresh: 'refresh_token',
  challenge: 'refresh_challenge',
  device: 'known_device',
  typedName: 'typed_name',
  attempt: 'sign_in_attempt',
}

/** How long a challenge may lie in a jar. */
export const CHALLENGE_COOKIE_SECONDS = 60

/** How long a sign-in page may lie open and still be known as this jar's. */
export const ATTEMPT_COOKIE_SECONDS = 24 * 60 * 60

/** How long the name of a form that failed may lie in a jar, on its way back to the form. */
export const TYPED_NAME_COOKIE_SECONDS = 60

/** The name of a cookie: what a sibling subdomain can toss at an https origin never bears it. */
export function cookieName(role: CookieRole, policy: Pick<CookiePolicy, 'secure'>): string {
  return policy.secure ? `__Host-${BARE_NAMES[role]}` : BARE_NAMES[role]
}

/** The `Set-Cookie` line for a token: host-only, out of script's reach, gone when the token is. */
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

/** The `Set-Cookie` line that deletes a cookie: the same attributes, no value, no life. */
export function deleteCookie(role: CookieRole, policy: CookiePolicy): string {
  return setCookie(role, '', 0, policy)
}

/** How many cookies of one name are looked at: each costs a verification, and a sibling subdomain can set any number. */
export const MAX_CANDIDATES = 4

/**
 * The values of a cookie in a `Cookie` header, in its order: no empty one, none twice, four at most. There are several where
 * another path or domain has set a cookie of the same name, which a server cannot tell from its own (RFC 6265 §8.6). The first
 * that verifies counts.
 */
export function readCookies(header: string | null, name: string): readonly string[] {
  return header === null ? [] : (parseCookies(header).get(name) ?? [])
}

/** What `readCookies` answers, by the name of the cookie. */
type Cookies = ReadonlyMap<string, readonly string[]>

let latest: { readonly header: string; readonly cookies: Cookies } | undefined

/** Parses a header in a time that grows with its length alone. One request asks for several cookies, so the latest result is kept. */
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

/** A `Cookie` header in which the named cookies have the given values, and only those. */
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

/** The name and value of each `Set-Cookie` line that sets something. */
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
 * Strips spaces and tabs, which is all that may surround a cookie (RFC 6265 §5.2). `String.trim` also strips U+00A0,
 * with which a sibling subdomain could pass a cookie off as one that bears the prefix. A loop, as a pattern for spaces at the
 * end takes a time that grows with their square where something follows them.
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
