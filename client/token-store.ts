import type { TokenStorage } from './storage'

/** The refresh token in the program's storage, or in memory where there is none, and as long as it does not take the token. */
export function openTokenStore(storage?: TokenStorage) {
  let unsaved: string | null = null
  return {
    /** Anew each time: another tab or process may have put a newer one there. */
    get: async () => unsaved ?? (await storage?.get()) ?? null,
    async set(token: string | null) {
      unsaved = token
      try {
        await storage?.set(token)
        if (storage && unsaved === token) unsaved = null
      } catch {
        // Held in memory: a full disk signs nobody out.
      }
    },
  }
}
