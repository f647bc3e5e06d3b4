import type { Clock } from './clock'
import type { ClientContract } from './contract'
import type { SignOutReason } from './errors'
import type { Fetch, Signal } from './platform'
import type { ObservableSession } from './session'
import type { TokenStorage } from './storage'

export interface ClientOptions {
  /** Where the server is, and the only origin that tokens go to, without a slash at its end. The page's own where not given. */
  readonly origin?: string
  /** The wire format; `cookieJson` where not given. */
  readonly contract?: ClientContract
  /**
   * `cookie`: the browser's jar holds the tokens, script does not. `token`: the client holds them. Where not given, `cookie` in
   * a document whose contract knows cookies. A storage makes it `token`.
   */
  readonly mode?: 'cookie' | 'token'
  /** Where the refresh token is kept in token mode: in memory where not given. */
  readonly storage?: TokenStorage
  readonly fetch?: Fetch
  readonly clock?: Clock
  /** Whether to refresh ahead of time, without being asked. True where not given. */
  readonly proactive?: boolean
  /** How long before its end the access token is renewed, a tenth of its life at most. An hour where not given. */
  readonly refreshBeforeMs?: number
  /** How long a call to the server may take, the storage and another tab's turn. 10 s each where not given. */
  readonly timeoutMs?: number
  /** How long to go on trying where the server does not answer, or cannot. 30 s where not given. */
  readonly patienceMs?: number
}

export interface Abortable {
  readonly signal?: Signal | null | undefined
}

export interface Credentials {
  readonly username: string
  readonly password: string
}

export interface Client {
  /** A drop-in `fetch`: relative addresses are the server's; its requests bear the session, others pass untouched. */
  readonly fetch: Fetch
  readonly session: ObservableSession
  /**
   * Signs in. A refresh under way is aborted: its late answer would overwrite the new cookies.
   * @throws ClientError `invalid_credentials`; `unavailable` where the server could not say; `closed`.
   */
  login(credentials: Credentials, options?: Abortable): Promise<void>
  /** Renews the session now, or joins whoever is at it. @throws ClientError `signed_out`, `unavailable`, `closed`. */
  refresh(options?: Abortable): Promise<void>
  /** Ends the session, in every tab. @throws ClientError `unavailable` where the server could not be told: it lives on; `closed`. */
  logout(options?: Abortable): Promise<void>
  /** Takes over what the server said as it made the page: how long the access token in the cookie still serves. */
  adopt(remainingMs: number): void
  /** Calls back when the session ends, wherever that was decided; not where there was none. Returns the end of it. */
  on(event: 'signedout', listener: (detail: { reason: SignOutReason }) => void): () => void
  /** For platforms without a document: the person is back, or the network is. */
  wake(): void
  /** Ends every timer and listener, and rejects whoever waits. */
  close(): void
}
