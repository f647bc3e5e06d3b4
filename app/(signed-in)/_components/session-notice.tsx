'use client'

import { usePathname } from 'next/navigation'
import { useSyncExternalStore } from 'react'
import { useSession } from '@/client/react'
import { browserPerson, findOther } from '../../_components/browser-person'
import { lifeStore } from '../../_components/life/life-store'
import { Notice } from '../../_components/notice'
import { sessionClient } from '../../_components/session-client'

type EndReason = NonNullable<ReturnType<typeof lifeStore.get>['ended']>['reason']

const ENDED: Record<EndReason, string> = {
  signed_out: 'You signed out in another tab or program.',
  revoked: 'You signed out from another device, changed your password, or signed in again.',
  reused:
    'A copy of it was used, so we signed you out everywhere it was in use. Change your password.',
  expired: 'You were away too long.',
  unknown: 'We could not find it any more.',
}

/**
 * Tells a person that this page is out of date: another tab signed out, or signed in as another user, or the session was ended from
 * elsewhere.
 */
export function SessionNotice() {
  const pathname = usePathname()
  const { status } = useSession(sessionClient)
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
  const ended = isOver ? end : null
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
      ) : ended && ended.reason !== 'signed_out' ? (
        <Notice tone="alarm" title="This session has ended">
          {ENDED[ended.reason]} This page may be out of date.{' '}
          <a href={pathname} className="link">
            Sign in again
          </a>
        </Notice>
      ) : ended || status === 'signed-out' ? (
        <Notice tone="alarm" title="You are signed out">
          {ENDED.signed_out} This page may be out of date.{' '}
          <a href={pathname} className="link">
            Sign in again
          </a>
        </Notice>
      ) : null}
    </div>
  )
}
