import type { SignOutReason } from '../errors'

/** The tokens that an answer grants. */
export interface Granted {
  /** The access token. */
  readonly access: string
  /** How long the access token still serves, in seconds. Without it, the client refreshes at the first 401. */
  readonly expiresIn?: unknown
  /** A new refresh token, if the server issued one and script may hold it. */
  readonly refresh?: string | undefined
}

/** A request of the client itself to the server. */
export interface RefreshRequest {
  /** The path at the origin, with a slash at its beginning. */
  readonly path: string
  /** `POST` by default. */
  readonly method?: 'GET'
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** The parsed JSON of an answer, not validated yet. */
export type Json = Readonly<Record<string, unknown>>

/** The client's side of one wire format of the server. Its functions are pure. */
export interface ClientContract {
  /** The path of a sign-in by `POST`. */
  readonly login: string
  /** Which tokens a browser's cookie jar can hold, out of reach of script: the refresh token alone, or both. */
  readonly jar?: 'refresh' | 'both'
  /** Builds the request for a new access token. `refresh` is null if the browser's cookie jar holds the refresh token. */
  ask(refresh: string | null): RefreshRequest
  /** Reads the answer to a sign-in or a refresh; null if it grants nothing. `setCookie` is empty in browsers. */
  grant(body: Json, setCookie: string): Granted | null
  /** Reads why the session ended; null if the answer does not say that it did. */
  refusal(status: number, body: Json): SignOutReason | null
}
