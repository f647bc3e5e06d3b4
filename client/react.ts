'use client'

import { useEffect, useReducer, useSyncExternalStore } from 'react'
import type { Client } from './client'
import type { SessionSnapshot } from './session'

/** What a server knows of a browser's session while it renders: nothing. */
const ON_SERVER: SessionSnapshot = { status: 'unknown', reason: null, remainingMs: null }
const onServer = () => ON_SERVER

/**
 * The session of a client, and a new rendering at every change of it. With `tickMs` also that often while the access token
 * serves, for who shows how long that is.
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
