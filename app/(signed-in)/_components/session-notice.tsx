'use client'

import { usePathname } from 'next/navigation'
import { useSyncExternalStore } from 'react'
import { useSession } from '@/client/react'
import { browserPerson, findOther } from '../../_components/browser-person'
import { Notice } from '../../_components/notice'
import { sessionClient } from '../../_components/session-client'

/** Tells a person that this page is out of date: another tab signed out, or signed in as another user. */
export function SessionNotice() {
  const pathname = usePathname()
  const { status } = useSession(sessionClient)
  const state = useSyncExternalStore(
    browserPerson.subscribe,
    browserPerson.get,
    browserPerson.getOnServer,
  )
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
      ) : status === 'signed-out' ? (
        <Notice tone="alarm" title="You are signed out">
          You signed out in another tab. This page may be out of date.{' '}
          <a href={pathname} className="link">
            Sign in again
          </a>
        </Notice>
      ) : null}
    </div>
  )
}
