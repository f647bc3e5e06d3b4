import type { Client } from './client'
import { globals } from './platform'

/**
 * Sends the browser to `signInPath` when the session ends, with the reason (`reason`) and the path of the page (`next`). Returns a
 * function that stops this. It does nothing outside a page.
 */
export function redirectToSignIn(client: Client, signInPath = '/sign-in'): () => void {
  return client.on('signedout', ({ reason }) => {
    const { location } = globals
    if (!location || location.pathname === signInPath) return
    const next = location.pathname + location.search
    location.assign(`${signInPath}?${new URLSearchParams({ next, reason })}`)
  })
}
