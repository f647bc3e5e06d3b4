type Later<T> = T | Promise<T>

/**
 * Where a program keeps its refresh token between two runs: a keychain, a file, secure storage. The access token is never
 * stored. If `get` fails, refreshing is put off; if `set` fails, the token is held in memory.
 */
export interface TokenStorage {
  get(): Later<string | null>
  /** Null where the session is over. */
  set(token: string | null): Later<void>
  /** Where several tabs keep their token in this very place: a name for it. They refresh in turns, and sign out together. */
  readonly sharedAs?: string
}

/** Keeps the token as long as the program runs. */
export function memoryStorage(token: string | null = null): TokenStorage {
  return {
    get: () => token,
    set(next) {
      token = next
    },
  }
}
