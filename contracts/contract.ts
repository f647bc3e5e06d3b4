import type { z } from 'zod'
import type { CookiePolicy } from '@/http/request/cookies'
import type { Failure } from '@/http/response/error-body'
import type { Refreshed } from '@/session/refresh'
import type { Session } from '@/session/session'
import type { AccessExtras } from '@/session/tokens/access-token'

/** The wire formats of a refresh. All but `cookie-json`, which middleware speaks, can be switched off. */
export const CONTRACT_NAMES = [
  'cookie-json',
  'bearer-or-body',
  'cookie-get',
  'bearer-post',
  'oauth',
] as const
export type ContractName = (typeof CONTRACT_NAMES)[number]

/** An answer on the wire. `Retry-After` and what every answer bears are added by whoever sends it. */
export interface WireResponse {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Raw `Set-Cookie` lines. */
  readonly setCookies?: readonly string[]
}

/** A request as a contract sees it. */
export interface ContractRequest<Body> {
  readonly headers: { get(name: string): string | null; has(name: string): boolean }
  readonly body: Body
  readonly cookies: CookiePolicy
  /** The registered OAuth client that asks, authenticated where it has a secret; null where none was named, or none is registered. */
  readonly clientId: string | null
}

/** What a contract found in a request. */
export interface RefreshInput {
  /** What may be the refresh token, in the order in which they count; none is an error of its own. Each costs a verification. */
  readonly tokens: readonly string[]
  /** The answer must not, or cannot, carry a refresh token. */
  readonly accessOnly: boolean
  /** The caller shares a cookie jar, and can be sent back for what it holds now. */
  readonly jar?: boolean
  /** What may be the challenge that the caller was sent back with; the first that is good counts. */
  readonly challenges?: readonly string[]
  /** Access tokens that were handed in to be replaced. */
  readonly replaces?: readonly string[]
  readonly extras?: (session: Session) => AccessExtras
}

/** How a body is read: `optional` where a request may come without one. */
export interface BodyFormat<Body> {
  readonly mediaType: 'application/json' | 'application/x-www-form-urlencoded'
  readonly optional: boolean
  readonly schema: z.ZodType<Body>
}

/** A wire format of a refresh endpoint: where the token comes from, what the answers look like. Pure. */
export interface RefreshContract<Body = undefined> {
  readonly name: ContractName
  readonly method: 'GET' | 'POST'
  /** Whether its callers may name themselves as OAuth clients. */
  readonly hasClients?: boolean
  readonly path: string
  /** Null where it neither needs nor reads a body. */
  readonly body: BodyFormat<Body> | null
  /** Says why a request that could be read makes no sense, or null. */
  reject?(asked: ContractRequest<Body>): { readonly code: string; readonly message: string } | null
  read(asked: ContractRequest<Body>): RefreshInput
  grant(granted: Refreshed, asked: ContractRequest<Body>): WireResponse
  fail(failure: Failure, cookies: CookiePolicy): WireResponse
}
