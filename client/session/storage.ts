type Later<T> = T | Promise<T>

/**
 * Keeps a program's refresh token between two runs: in a keychain, a file, secure storage. The access token is never stored. If
 * `get` fails, the refresh is retried later; if `set` fails, memory holds the token.
 */
export interface TokenStorage {
  /** The stored token; null if there is none. */
  get(): Later<string | null>
  /** Stores a token; null removes it, as the session ended. */
  set(token: string | null): Later<void>
  /** Names this place if several tabs keep their token in it. They refresh in turns, and sign out together. */
  readonly sharedAs?: string
}

/** Keeps the token in memory, as long as the program runs. */
export function memoryStorage(token: string | null = null): TokenStorage {
  return {
    get: () => token,
    set(next) {
      token = next
    },
  }
}
