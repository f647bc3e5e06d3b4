'use client'

import { type ReactNode, useActionState, useEffect, useRef } from 'react'
import { ActionButton } from '../../../_components/action-button'
import { Notice } from '../../../_components/notice'
import { PasswordField } from '../../../_components/password-field'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { AccountName } from '../../account/_components/account-name'
import { endSessions } from '../actions'

/** One form around the rows: each button says which session it ends, and the answer outlives the row. */
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
    // The button that had the focus is gone with its row.
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
          Nowhere else. This is your only session.
        </p>
      ) : (
        <>
          <ul className="space-y-4">{children}</ul>
          {/* Asks once, and without a script. */}
          <details className="space-y-3">
            <summary className="button-alarm w-full list-none sm:w-auto" data-testid="end-others">
              {count === 1 ? 'End the other session' : `End all ${count} others`}
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
                busy="Ending…"
                data-testid="end-others-confirm"
              >
                {count === 1 ? 'Yes, end it' : 'Yes, end them'}
              </ActionButton>
            </div>
          </details>
        </>
      )}
    </form>
  )
}

/** Asks for the password, and says what is ended with it. Without scripts the same form is sent again. */
function ConfirmEnd({ userName, end }: { userName: string; end: string }) {
  return (
    <div className="card space-y-5" data-testid="confirm-end">
      <AccountName userName={userName} />
      <PasswordField name="password" label="Your password" autoComplete="current-password" />
      <ActionButton name="end" value={end} className="button-alarm w-full sm:w-auto" busy="Ending…">
        {end === 'others' ? 'End all others' : 'End this session'}
      </ActionButton>
    </div>
  )
}
