'use client'

import { useActionState } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { PasswordField } from '../../../_components/form/password-field'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { deleteMyAccount } from '../actions'
import { AccountName } from './account-name'
import { Outcome } from './outcome'

/** The form that deletes the account, once the password is entered. A user without one must have signed in recently instead. */
export function DeleteAccountForm({
  userId,
  userName,
  hasPassword,
}: {
  userId: string
  userName: string
  hasPassword: boolean
}) {
  const [outcome, action] = useActionState(deleteMyAccount, null)
  return (
    <form action={action} className="space-y-5" data-testid="delete-account">
      <Outcome outcome={outcome} />
      <RenderedForField userId={userId} />
      {hasPassword ? (
        <>
          <AccountName userName={userName} />
          <PasswordField
            name="password"
            label="Your password"
            autoComplete="current-password"
            required
            error={outcome?.errors?.password}
          />
        </>
      ) : null}
      <ActionButton className="button-alarm w-full sm:w-auto" busy="Deleting…">
        Delete my account
      </ActionButton>
    </form>
  )
}
