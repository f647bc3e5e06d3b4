import type { BrowserContext } from '@playwright/test'
import type { AgedJar, AppCookie, CookiePair } from './endpoint'

/** The cookies of a session, with the prefix that they have on https. */
const OF_A_SESSION = /^(?:__Host-)?(?:access_token|refresh_token|refresh_challenge)$/
const ACCESS = /^(?:__Host-)?access_token$/
const TOKEN = /^(?:__Host-)?(?:access_token|refresh_token)$/

/** A cookie as Playwright's `addCookies` and a saved state take it. */
export interface StoredCookie extends AppCookie {
  readonly domain: string
}

/** True for the name of a cookie that belongs to a session: a token or a challenge. */
export function isOfSession({ name }: Pick<CookiePair, 'name'>): boolean {
  return OF_A_SESSION.test(name)
}

/** Gives cookies the host of the app, which makes them host-only. */
export function storedAt(origin: string, cookies: readonly AppCookie[]): StoredCookie[] {
  const { hostname: domain } = new URL(origin)
  return cookies.map((cookie) => ({ ...cookie, domain }))
}

/** The cookies in a jar that a request to the app would carry. */
export async function readJar(context: BrowserContext, origin: string): Promise<CookiePair[]> {
  return (await context.cookies(origin)).map(({ name, value }) => ({ name, value }))
}

/** Puts other cookies in the place of a jar's session. The app's other cookies stay. */
export async function replaceSession(
  context: BrowserContext,
  origin: string,
  cookies: readonly AppCookie[],
): Promise<void> {
  await context.clearCookies({ name: OF_A_SESSION, domain: new URL(origin).hostname })
  await context.addCookies(storedAt(origin, cookies))
}

/**
 * Puts what time has made of a jar into its place. The tokens grow older before those that have expired go: an open page that
 * sent a request in between with the young refresh token alone would rotate it, and the old one would then replace its successor.
 */
export async function ageJar(
  context: BrowserContext,
  origin: string,
  { cookies, dropped }: AgedJar,
): Promise<void> {
  const { hostname: domain } = new URL(origin)
  await context.addCookies(storedAt(origin, cookies))
  for (const name of dropped) await context.clearCookies({ name, domain })
}

/** Deletes the access token from a jar, as a browser does when the cookie expires. */
export async function loseAccess(context: BrowserContext): Promise<void> {
  await context.clearCookies({ name: ACCESS })
}

/** The user whose tokens these cookies are, or null. The tokens are not verified. */
export function subjectOf(cookies: readonly CookiePair[]): string | null {
  return textClaim(cookies, 'sub')
}

/** The session whose tokens these cookies are, or null. The tokens are not verified. */
export function sessionOf(cookies: readonly CookiePair[]): string | null {
  return textClaim(cookies, 'sid')
}

/** The user of the tokens in a `Cookie` header, or null. */
export function subjectOfHeader(header: string | undefined): string | null {
  const pairs = (header ?? '').split(/; ?/).map((pair) => {
    const [name = '', ...rest] = pair.split('=')
    return { name, value: rest.join('=') }
  })
  return subjectOf(pairs)
}

function textClaim(cookies: readonly CookiePair[], claim: string): string | null {
  for (const { name, value } of cookies) {
    const text = TOKEN.test(name) ? claimsOf(value)[claim] : undefined
    if (typeof text === 'string') return text
  }
  return null
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) ?? {}
  } catch {
    return {}
  }
}
