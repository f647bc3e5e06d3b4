import type { SignOutReason } from './errors'
import type { Fetch, Signal } from './platform'
import type { ClientContract } from './requests/contract'
import type { ObservableSession } from './session/session'
import type { TokenStorage } from './session/storage'
import type { Clock } from './time/clock'

/** The options of `createClient`. All are optional in a browser. */
export interface ClientOptions {
  /** The server's origin, without a slash at its end; the only one that tokens go to. The page's own origin by default. */
  readonly origin?: string
  /** The wire format. `cookieJson` by default. */
  readonly contract?: ClientContract
  /**
   * `cookie`: the browser's cookie jar holds the tokens, out of reach of script. `token`: the client holds them. The default is
   * `cookie` in a document, if the contract has cookies, and `token` elsewhere. With a `storage` it is always `token`.
   */
  readonly mode?: 'cookie' | 'token'
  /** Keeps the refresh token in token mode. Memory does by default. */
  readonly storage?: TokenStorage
  /** Sends every request. The platform's `fetch` by default. */
  readonly fetch?: Fetch
  /** The source of time. The platform's clocks by default; a test passes its own. */
  readonly clock?: Clock
  /** Whether to refresh ahead of time, without a request that needs it. True by default. */
  readonly proactive?: boolean
  /** How long before its expiry the access token is refreshed, in milliseconds; at most a tenth of its life. An hour by default. */
  readonly refreshBeforeMs?: number
  /** How long each wait may take, in milliseconds: for another tab's turn, and for storage and server in this one. 10 s by default. */
  readonly timeoutMs?: number
  /** How long to retry while the server gives no usable answer, in milliseconds. 30 s by default. */
  readonly patienceMs?: number
}

/** The options of a call that can be aborted. */
export interface Abortable {
  /** Ends the call at once: it rejects with the signal's reason. */
  readonly signal?: Signal | null | undefined
}

/** What a person signs in with. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Keeps one session alive. Made by `createClient`. */
export interface Client {
  /**
   * A drop-in `fetch`. A relative address is resolved against `origin`. Requests to `origin` carry the session, and are sent once
   * more after a 401; other requests are passed on untouched.
   * @throws ClientError `signed_out`, `unavailable`, `body_not_replayable`, `closed`; what `fetch` itself throws.
   */
  readonly fetch: Fetch
  /** The state of the session, to read and to observe. */
  readonly session: ObservableSession
  /**
   * Signs in. A refresh under way is aborted: its late answer would overwrite the new cookies.
   * @throws ClientError `invalid_credentials`; `unavailable` if the server gave no usable answer; `closed`.
   */
  login(credentials: Credentials, options?: Abortable): Promise<void>
  /** Renews the session now, or joins a refresh under way. @throws ClientError `signed_out`, `unavailable`, `closed`. */
  refresh(options?: Abortable): Promise<void>
  /**
   * Ends the session, in every tab.
   * @throws ClientError `unavailable` if the server could not be told: the session lives on; `closed`.
   */
  logout(options?: Abortable): Promise<void>
  /** Takes over how long the access token in the cookie still serves, in milliseconds, as the server said in the page. */
  adopt(remainingMs: number): void
  /** Calls `listener` when the session ends, here or elsewhere; not if there was none. Returns a function that removes it. */
  on(event: 'signedout', listener: (detail: { reason: SignOutReason }) => void): () => void
  /** Tells the client that the person or the network is back. A page does so by itself. */
  wake(): void
  /** Ends every timer and listener, and rejects calls that wait with `closed`. */
  close(): void
}
