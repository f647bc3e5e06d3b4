'use client'

import { usePathname } from 'next/navigation'
import { useSession } from '@/client/react'
import { Notice } from '../../_components/notice'
import { sessionClient } from '../../_components/session-client'

/** Says that the session has ended, in another tab, while this one still shows what was loaded before. */
export function SessionNotice() {
  const pathname = usePathname()
  const { status } = useSession(sessionClient)
  return (
    <div role="alert" data-testid="session-notice" className="empty:hidden">
      {status === 'signed-out' ? (
        <Notice tone="alarm" title="You are signed out">
          What you see here was loaded before.{' '}
          <a href={pathname} className="link">
            Sign in again
          </a>
        </Notice>
      ) : null}
    </div>
  )
}
