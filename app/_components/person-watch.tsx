'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { browserPerson, type Rendering, show } from './browser-person'
import { sessionClient } from './session-client'

let adopted: Rendering | null = null

/** Makes known in this browser whom a page was rendered for. Shows nothing. */
export function PersonWatch({
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
  // Another tab's page is news of the session that this one shares with it, also after it was signed out.
  const isOurs = latest?.person.id === id
  useEffect(() => {
    if (!latest || !isOurs || latest === adopted) return
    adopted = latest
    sessionClient.adopt(latest.remainingMs)
  }, [latest, isOurs])
  return null
}
