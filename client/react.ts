'use client'

import { useEffect, useReducer, useSyncExternalStore } from 'react'
import type { Client } from './client'
import type { SessionSnapshot } from './session/session'

/** The snapshot while a server renders: the server's page knows nothing of the browser's session. */
const ON_SERVER: SessionSnapshot = { status: 'unknown', reason: null, remainingMs: null }
const onServer = () => ON_SERVER

/**
 * Returns the session of a client, and renders again after each change of it.
 * @param tickMs Also renders again at this interval, in milliseconds, while the access token serves: for a countdown.
 */
export function useSession({ session }: Pick<Client, 'session'>, tickMs?: number): SessionSnapshot {
  const snapshot = useSyncExternalStore(session.subscribe, session.get, onServer)
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    if (!tickMs || !snapshot.remainingMs) return
    const timer = setInterval(() => {
      tick()
      if (!snapshot.remainingMs) clearInterval(timer)
    }, tickMs)
    return () => clearInterval(timer)
  }, [snapshot, tickMs])
  return snapshot
}
