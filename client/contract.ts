import type { SignOutReason } from './errors'

/** What an answer hands over. */
export interface Granted {
  readonly access: string
  /** The access token's remaining life in seconds; without it, refreshing waits for the first 401. */
  readonly expiresIn?: unknown
  /** A new refresh token, where one was minted and script may hold it. */
  readonly refresh?: string | undefined
}

export interface RefreshRequest {
  readonly path: string
  /** `POST` where not given. */
  readonly method?: 'GET'
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** An answer's JSON, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>

/** The client's side of a wire format of the server. Pure. */
export interface ClientContract {
  /** Where people sign in with `POST`. */
  readonly login: string
  /** Which tokens a browser's cookie jar can hold, so that script holds none of them. */
  readonly jar?: 'refresh' | 'both'
  /** How to ask for a new access token; `refresh` is null where it lies in the browser's jar. */
  ask(refresh: string | null): RefreshRequest
  /** Reads a sign-in's or a refresh's answer; null where it makes no sense. `setCookie` is empty in browsers. */
  grant(body: Json, setCookie: string): Granted | null
  /** Why the session is over; null where the answer does not say that it is. */
  refusal(status: number, body: Json): SignOutReason | null
}
