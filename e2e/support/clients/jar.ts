import type { BrowserContext } from '@playwright/test'
import { expect } from '@playwright/test'

export interface Jar {
  readonly access: string | null
  readonly refresh: string | null
  readonly challenge: string | null
}

/** The session cookies in the browser's jar, with or without a name prefix. */
export async function readJar(context: BrowserContext): Promise<Jar> {
  const cookies = await context.cookies()
  const read = (name: string) =>
    cookies.find((cookie) => cookie.name === name || cookie.name === `__Host-${name}`)?.value ??
    null
  return {
    access: read('access_token'),
    refresh: read('refresh_token'),
    challenge: read('refresh_challenge'),
  }
}

/** Names of the cookies that `Set-Cookie` lines set, without a prefix. */
export function namesOf(setCookies: readonly string[]): string[] {
  return setCookies.map((line) => line.slice(0, line.indexOf('=')).replace('__Host-', ''))
}

/** Waits until the browser has dropped its access token, or holds an expired one. */
export async function expireAccess(context: BrowserContext): Promise<void> {
  await expect
    .poll(
      async () => {
        const { access } = await readJar(context)
        return access === null || Date.now() >= expiryOf(access)
      },
      { intervals: [50] },
    )
    .toBe(true)
}

/** Waits until the clock has passed `at` (epoch milliseconds). */
export async function untilClock(at: number): Promise<void> {
  await expect.poll(() => Date.now() > at, { intervals: [20] }).toBe(true)
}

/** The `exp` of a token in epoch milliseconds, without verifying the token. */
export function expiryOf(token: string): number {
  return Number(claimsOf(token).exp) * 1000
}

/** The claims of a token, without verifying it. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}
