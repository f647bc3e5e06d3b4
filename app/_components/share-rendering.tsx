'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { browserPerson, type Rendering, show } from './browser-person'
import { sessionClient } from './session-client'

let applied: Rendering | null = null

/** Shares the rendering of a page with the tabs of this browser. Renders nothing. */
export function ShareRendering({
  id,
  name,
  at,
  remainingMs,
}: Rendering['person'] & Omit<Rendering, 'person'>) {
  useEffect(() => show({ person: { id, name }, at, remainingMs }), [id, name, at, remainingMs])
  const { latest } = useSyncExternalStore(
    browserPerson.subscribe,
    browserPerson.get,
    browserPerson.getOnServer,
  )
  // A newer page in another tab shows that the shared session is alive, even after this tab was signed out.
  const isOurs = latest?.person.id === id
  useEffect(() => {
    if (!latest || !isOurs || latest === applied) return
    applied = latest
    sessionClient.adopt(latest.remainingMs)
  }, [latest, isOurs])
  return null
}
