import type { TokenStorage } from './storage'

/** The place of the refresh token. */
export type TokenStore = ReturnType<typeof openTokenStore>

/**
 * Keeps the refresh token in the program's storage. Without a storage, or while it cannot save the token, memory keeps the token.
 */
export function openTokenStore(storage?: TokenStorage) {
  let unsaved: string | null = null
  return {
    /** Reads the storage at each call, as another tab or process may have rotated the token. Throws what the storage throws. */
    get: async () => unsaved ?? (await storage?.get()) ?? null,
    /** Saves the token; null removes it. It never rejects. */
    async set(token: string | null) {
      unsaved = token
      try {
        await storage?.set(token)
        if (storage && unsaved === token) unsaved = null
      } catch {
        // Memory keeps the token: a full disk ends no session.
      }
    },
  }
}
