'use client'

import { usePathname } from 'next/navigation'
import { useSyncExternalStore } from 'react'
import { useSession } from '@/client/react'
import { browserPerson, findOther } from '../../_components/browser-person'
import { lifeStore } from '../../_components/life/life-store'
import { Notice } from '../../_components/notice'
import { sessionClient } from '../../_components/session-client'
import { sessionEndWords } from './session-end-words'

/**
 * Tells a person that this page is out of date: another tab signed out, or signed in as another user, or the session was ended from
 * elsewhere.
 */
export function SessionNotice() {
  const pathname = usePathname()
  const session = useSession(sessionClient)
  const state = useSyncExternalStore(
    browserPerson.subscribe,
    browserPerson.get,
    browserPerson.getOnServer,
  )
  const { ended: end } = useSyncExternalStore(
    lifeStore.subscribe,
    lifeStore.get,
    lifeStore.getOnServer,
  )
  // A page opened within an old tab may be another person's, and one rendered since shows that the person has signed in again.
  const isOver = end && end.userId === state.shown?.person.id && end.at >= (state.latest?.at ?? 0)
  const over = sessionEndWords(isOver ? end.reason : null, session)
  const other = findOther(state)
  return (
    <div role="alert" data-testid="session-notice" className="empty:hidden">
      {other ? (
        <Notice tone="alarm" title={`You are now signed in as ${other.name} in this browser`}>
          This page was loaded for {state.shown?.person.name}, and does nothing any more.{' '}
          <a href={pathname} className="link">
            Go on as {other.name}
          </a>
        </Notice>
      ) : over ? (
        <Notice tone="alarm" title={over.title}>
          {over.text} This page may be out of date.{' '}
          <a href={pathname} className="link whitespace-nowrap">
            Sign in again
          </a>
        </Notice>
      ) : null}
    </div>
  )
}
