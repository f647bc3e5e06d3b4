'use client'

import { type ReactNode, useActionState, useEffect } from 'react'
import { recoverFocus } from '../../_components/focus-keeper'
import { ActionButton } from '../../_components/form/action-button'
import { RenderedForField } from '../../_components/rendered-for-field'
import { dismiss } from '../alert-actions'

/** The button that dismisses the security alert, after the other buttons. */
export function DismissForm({ userId, children }: { userId: string; children: ReactNode }) {
  const [failure, action] = useActionState(dismiss, null)
  // The focused button disappears with the alert.
  useEffect(() => recoverFocus, [])
  return (
    <form action={action} className="flex flex-wrap items-center gap-3">
      <RenderedForField userId={userId} />
      {children}
      <ActionButton className="button-quiet" busy="One moment…" data-testid="dismiss-alert">
        Dismiss
      </ActionButton>
      {failure ? <p role="alert">{failure}</p> : null}
    </form>
  )
}
