import 'server-only'
import type { Position } from '@/session/session'
import type { JarView } from './event'

/** A browser's cookies, by their names without the prefix `__Host-`. They expire as `Max-Age` says. */
export class Jar {
  private readonly cookies = new Map<string, { line: string; value: string; endsAt: number }>()

  /** Stores the cookies that a response sets, and drops those that it deletes. Returns their names, without those deleted. */
  take(setCookies: readonly string[]): string[] {
    const stored: string[] = []
    for (const text of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      const seconds = Number(/;\s*Max-Age=(-?\d+)/i.exec(text)?.[1] ?? Number.POSITIVE_INFINITY)
      const bare = name.replace('__Host-', '')
      if (value === '' || seconds <= 0) {
        this.cookies.delete(bare)
        continue
      }
      const endsAt = performance.now() + seconds * 1000
      this.cookies.set(bare, { line: `${name}=${value}`, value, endsAt })
      stored.push(bare)
    }
    return stored
  }

  /** The `Cookie` header of the next request. */
  header(): string {
    this.dropExpired()
    return [...this.cookies.values()].map(({ line }) => line).join('; ')
  }

  /** Drops a cookie, as a browser does once it has expired. */
  drop(name: 'access_token' | 'refresh_challenge'): void {
    this.cookies.delete(name)
  }

  /** A copy of the jar as it is now, as a thief takes one. */
  copy(): Jar {
    const copy = new Jar()
    for (const [name, cookie] of this.cookies) copy.cookies.set(name, cookie)
    return copy
  }

  /** What the jar holds, without a token. */
  view(): JarView {
    this.dropExpired()
    return {
      access: this.cookies.has('access_token'),
      refresh: this.refreshPosition(),
      challenge: this.cookies.has('refresh_challenge'),
    }
  }

  /** For how long the access token is good from now on, in milliseconds. 0 without one. */
  accessLeftMs(): number {
    const endsAt = this.cookies.get('access_token')?.endsAt ?? 0
    return Math.max(0, endsAt - performance.now())
  }

  /** The id of the session that the refresh token names. @throws Error without a refresh token. */
  sessionId(): string {
    const { sid } = this.refreshClaims() ?? {}
    if (typeof sid !== 'string') throw new Error('This jar holds no refresh token')
    return sid
  }

  private refreshPosition(): Position | null {
    const claims = this.refreshClaims()
    return claims === null ? null : { generation: Number(claims.g), branch: Number(claims.b) }
  }

  /** The claims of the refresh token, which were not verified. They are only shown. */
  private refreshClaims(): Record<string, unknown> | null {
    const token = this.cookies.get('refresh_token')?.value
    if (token === undefined) return null
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  }

  private dropExpired(): void {
    for (const [name, { endsAt }] of this.cookies) {
      if (performance.now() >= endsAt) this.cookies.delete(name)
    }
  }
}
