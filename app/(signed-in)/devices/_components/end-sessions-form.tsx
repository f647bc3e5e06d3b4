'use client'

import { type ReactNode, useActionState, useEffect, useRef } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { PasswordField } from '../../../_components/form/password-field'
import { Notice } from '../../../_components/notice'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { AccountName } from '../../account/_components/account-name'
import { endSessions } from '../actions'

/** A form around the rows of the other sessions. Each button names the session to end; the result is shown after its row is gone. */
export function EndSessionsForm({
  userId,
  userName,
  count,
  children,
}: {
  userId: string
  userName: string
  count: number
  children: ReactNode
}) {
  const [outcome, action] = useActionState(endSessions, null)
  const status = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The focused button disappears with its row.
    if (outcome) status.current?.focus()
  }, [outcome])
  return (
    <form action={action} className="space-y-4">
      <RenderedForField userId={userId} />
      <div ref={status} role="status" tabIndex={-1} data-testid="end-result">
        {outcome ? (
          <Notice tone={outcome.ok ? 'good' : 'alarm'}>
            <p>{outcome.message}</p>
          </Notice>
        ) : null}
      </div>
      {outcome?.confirm ? <ConfirmEnd userName={userName} end={outcome.confirm} /> : null}
      {count === 0 ? (
        <p className="rounded-2xl border border-dashed border-edge px-5 py-8 text-center text-muted">
          You are not signed in on any other device.
        </p>
      ) : (
        <>
          <ul className="space-y-4">{children}</ul>
          {/* Asks for confirmation, and works without scripts. */}
          <details className="space-y-3">
            <summary className="button-alarm w-full list-none sm:w-auto" data-testid="end-others">
              {count === 1 ? 'Sign out the other device' : `Sign out all ${count} other devices`}
            </summary>
            <div className="space-y-3 rounded-2xl border border-alarm px-5 py-4">
              <p>
                {count === 1 ? 'That device is' : `These ${count} devices are`} signed out at once.
                You stay signed in here.
              </p>
              <ActionButton
                name="end"
                value="others"
                className="button-alarm w-full sm:w-auto"
                busy="Signing out…"
                data-testid="end-others-confirm"
              >
                {count === 1 ? 'Yes, sign it out' : 'Yes, sign them out'}
              </ActionButton>
            </div>
          </details>
        </>
      )}
    </form>
  )
}

/** Asks for the password before sessions are ended. Without scripts, the same form is submitted again. */
function ConfirmEnd({ userName, end }: { userName: string; end: string }) {
  return (
    <div className="card space-y-5" data-testid="confirm-end">
      <AccountName userName={userName} />
      <PasswordField name="password" label="Your password" autoComplete="current-password" />
      <ActionButton
        name="end"
        value={end}
        className="button-alarm w-full sm:w-auto"
        busy="Signing out…"
      >
        {end === 'others' ? 'Sign out all other devices' : 'Sign out that device'}
      </ActionButton>
    </div>
  )
}
