'use client'

import { createContext, type ReactNode, useActionState, useContext, useEffect, useRef } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { PasswordField } from '../../../_components/form/password-field'
import { Notice } from '../../../_components/notice'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { AccountName } from '../../account/_components/account-name'
import { endSessions } from '../actions'

interface Ending {
  readonly userId: string
  readonly action: (data: FormData) => void
}

const EndingContext = createContext<Ending | null>(null)

/**
 * Around the rows of the other sessions. Each row has a form of its own (`EndForm`), and all of them share one outcome, which is
 * shown here, because the row that caused it is gone by then.
 */
export function EndSessions({
  userId,
  userName,
  titles,
  children,
}: {
  userId: string
  userName: string
  /** The titles of the devices, by the ids of their sessions. */
  titles: Readonly<Record<string, string>>
  children: ReactNode
}) {
  const [outcome, action] = useActionState(endSessions, null)
  const count = Object.keys(titles).length
  const status = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // The focused button disappears with its row.
    if (outcome) status.current?.focus()
  }, [outcome])
  return (
    <EndingContext value={{ userId, action }}>
      <div className="space-y-4">
        <div ref={status} role="status" tabIndex={-1} data-testid="end-result">
          {outcome ? (
            <Notice tone={outcome.ok ? 'good' : 'alarm'}>
              <p>{outcome.message}</p>
            </Notice>
          ) : null}
        </div>
        {outcome?.confirm ? (
          <ConfirmEnd userName={userName} end={outcome.confirm} title={titles[outcome.confirm]} />
        ) : null}
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
                  {count === 1 ? 'That device is' : `These ${count} devices are`} signed out at
                  once. You stay signed in here.
                </p>
                <EndForm>
                  <EndButton
                    end="others"
                    className="button-alarm w-full sm:w-auto"
                    testId="end-others-confirm"
                  >
                    {count === 1 ? 'Yes, sign it out' : 'Yes, sign them out'}
                  </EndButton>
                </EndForm>
              </div>
            </details>
          </>
        )}
      </div>
    </EndingContext>
  )
}

/** A form that ends what its `EndButton` names. Only within `EndSessions`. */
export function EndForm({ className, children }: { className?: string; children: ReactNode }) {
  const ending = useContext(EndingContext)
  if (!ending) throw new Error('EndForm is only for what is within EndSessions')
  return (
    <form action={ending.action} className={className}>
      <RenderedForField userId={ending.userId} />
      {children}
    </form>
  )
}

/** The button of an `EndForm`. `end` is the id of a session, or one of the words that `endSessions` knows. */
export function EndButton({
  end,
  className,
  label,
  testId,
  children,
}: {
  end: string
  className: string
  /** Its name for screen readers, where the text alone would be the same on every row. */
  label?: string
  testId?: string
  children: ReactNode
}) {
  return (
    <ActionButton
      name="end"
      value={end}
      className={className}
      busy="Signing out…"
      aria-label={label}
      data-testid={testId}
    >
      {children}
    </ActionButton>
  )
}

/** Asks for the password before sessions are ended. */
function ConfirmEnd({
  userName,
  end,
  title = 'that device',
}: {
  userName: string
  end: string
  title?: string | undefined
}) {
  return (
    <div className="card" data-testid="confirm-end">
      <EndForm className="space-y-5">
        <AccountName userName={userName} />
        <PasswordField name="password" label="Your password" autoComplete="current-password" />
        <EndButton end={end} className="button-alarm w-full sm:w-auto">
          {end === 'others' || end === 'not-me'
            ? 'Sign out all other devices'
            : `Sign out ${title}`}
        </EndButton>
      </EndForm>
    </div>
  )
}
