import type { Client } from './client'
import { globals } from './platform'

/**
 * Sends the person to `signInPath` when the session ends, with the reason and the way back to where they were. Returns the end
 * of it.
 */
export function redirectToSignIn(client: Client, signInPath = '/sign-in'): () => void {
  return client.on('signedout', ({ reason }) => {
    const { location } = globals
    if (!location || location.pathname === signInPath) return
    const next = location.pathname + location.search
    location.assign(`${signInPath}?${new URLSearchParams({ next, reason })}`)
  })
}
