import type { z } from 'zod'
import type { CookiePolicy } from '@/http/request/cookies'
import type { Failure } from '@/http/response/error-body'
import type { ErrorCode } from '@/http/wire'
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
/** The name of a contract, as `CONTRACTS` lists it. */
export type ContractName = (typeof CONTRACT_NAMES)[number]

/** A response of a contract. The route adds `Retry-After` and the headers of every response. */
export interface WireResponse {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Raw `Set-Cookie` lines. */
  readonly setCookies?: readonly string[]
}

/** A request, as far as a contract reads it. */
export interface ContractRequest<Body> {
  readonly headers: { get(name: string): string | null; has(name: string): boolean }
  readonly body: Body
  readonly cookies: CookiePolicy
  /** The registered OAuth client, authenticated if it has a secret; null if the request names none, or none is registered. */
  readonly clientId: string | null
}

/** What a contract reads from a request. */
export interface RefreshInput {
  /** Values that may be the refresh token, in order of preference. Each costs a verification. An empty list is a failure. */
  readonly tokens: readonly string[]
  /** True if the response must not, or cannot, carry a refresh token. */
  readonly accessOnly: boolean
  /** True if the caller has a cookie jar, and so can be challenged. */
  readonly jar?: boolean
  /** Values that may be the challenge. The first valid one is used. */
  readonly challenges?: readonly string[]
  /** Access tokens in the request, which are revoked when the new one is issued. */
  readonly replaces?: readonly string[]
  /** Returns additional claims of the new access token. It must not throw, because the session may have been rotated by then. */
  readonly extras?: (session: Session) => AccessExtras
}

/** How a request body is read. `optional` means that a request may have none. */
export interface BodyFormat<Body> {
  readonly mediaType: 'application/json' | 'application/x-www-form-urlencoded'
  readonly optional: boolean
  readonly schema: z.ZodType<Body>
}

/** A wire format of a refresh endpoint: where the token is read from, and how responses are written. Its functions are pure. */
export interface RefreshContract<Body = undefined> {
  readonly name: ContractName
  readonly method: 'GET' | 'POST'
  /** True if requests may authenticate an OAuth client. */
  readonly hasClients?: boolean
  readonly path: string
  /** Null if the contract reads no body. */
  readonly body: BodyFormat<Body> | null
  /** The failure of a request whose fields are valid but not supported, or null. */
  reject?(
    request: ContractRequest<Body>,
  ): { readonly code: ErrorCode; readonly message: string } | null
  read(request: ContractRequest<Body>): RefreshInput
  grant(granted: Refreshed, request: ContractRequest<Body>): WireResponse
  fail(failure: Failure, cookies: CookiePolicy): WireResponse
}
